import { printable } from '../../base/bytes.ts';
import type { FindingName, Findings } from '../../scan/findings.ts';
import { Layout } from '../../corpus/grid.ts';
import type { Notes } from './notes.ts';
import type { PreparedJob } from '../job.ts';

const compressed: readonly FindingName[] = ['gzip', 'zstd', 'xz', 'bzip2', 'lz4', 'zip', '7z'];
const wide: readonly FindingName[] = ['UTF-16', 'UTF-32'];

/**
 * Makes the notes on files that are not plain UTF-8 text, one note for each remedy.
 * @param files The number of all files and streams.
 * @param pathAt Returns the path of the file that begins at an offset in the corpus.
 */
export function findingNotes(findings: Findings, files: number, pathAt: (begin: number) => Uint8Array): string[] {
  const notes: string[] = [];
  const about = (names: readonly FindingName[], what: string, effect: string) => {
    const found = names.filter((name) => findings.count(name) > 0);
    if (found.length === 0) return;
    const count = found.reduce((sum, name) => sum + findings.count(name), 0);
    const path = pathAt(Math.min(...found.map((name) => findings.first(name))));
    const kinds = names.length > 1 ? `${found.map((name) => `${name}: ${findings.count(name)}`).join(', ')}; ` : '';
    const verb = count === 1 ? 'is' : 'are';
    notes.push(`${count} of ${files} files ${verb} ${what} (${kinds}the first: ${printable(path)}); ${effect}`);
  };
  about(
    compressed,
    'compressed',
    'counted were the stored bytes, not the text in them: leave out --no-decompress, but decompress zip and 7z first',
  );
  about(
    wide,
    'not UTF-8',
    'counted were the raw bytes, in which UTF-8 is not found: leave out --no-decompress, or name the encoding, as in --encoding UTF-32LE',
  );
  about(
    ['JSON lines'],
    'JSON lines',
    'counted were the raw bytes, names of fields and escapes included; to count in a field: --records jsonl:FIELD',
  );
  const beside = findings.count('besideOther');
  if (beside > 0 && beside >= findings.count('besideCharacter')) {
    notes.push(
      `--word: ${beside} ${beside === 1 ? 'occurrence' : 'occurrences'} beside bytes that are not UTF-8 passed as words (the first in ` +
        `${printable(pathAt(findings.first('besideOther')))}), as in Latin-1: name the encoding, as in --encoding latin1`,
    );
  }
  const withoutGroup = findings.count('withoutGroup');
  if (withoutGroup > 0) {
    const those =
      withoutGroup === 1 ? 'line does not name its group, and is' : 'lines do not name their group, and are';
    const first = printable(pathAt(findings.first('withoutGroup')));
    notes.push(`--by: ${withoutGroup} ${those} in the group with the empty name (the first in ${first})`);
  }
  return notes;
}

/** Returns a function that returns the path of the file or stream that begins at an offset in the corpus. */
export function pathsOf({ plan, streams }: Pick<PreparedJob, 'plan' | 'streams'>): (begin: number) => Uint8Array {
  const { files, grid } = plan;
  let layout: Layout | undefined; // of all files; made only if a path is asked for
  return (begin) => {
    if (begin >= files.bytes) return streams[begin - files.bytes] ?? Buffer.of();
    layout ??= new Layout(files.parts, grid);
    return files.at(layout.fileAt(begin)).path;
  };
}

/** Adds the notes on the findings of all ranks; for rank 0. */
export function addFindingNotes(notes: Notes, findings: Findings, prepared: PreparedJob): void {
  const files = prepared.plan.files.length + prepared.streams.length;
  for (const note of findingNotes(findings, files, pathsOf(prepared))) notes.add(note);
}
