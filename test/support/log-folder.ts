import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

import { FileTable } from '../../src/corpus/file-table.ts';
import type { CorpusFile } from '../../src/corpus/file-checks.ts';
import { identityOf } from '../../src/job/plan/plan-file.ts';
import type { Plan } from '../../src/job/plan/plan.ts';
import { rankLogName } from '../../src/job/journal/rank-log.ts';
import { unicodeVersion } from '../../src/scan/unicode/tables.ts';
import { countSpec } from './spec.ts';

// Builds log folders as jobs write them, and damaged or forged ones.

/** The parts of a plan that a test sets. */
export type PlanParts = Partial<Omit<Plan, 'files'>> & { readonly files?: Iterable<CorpusFile> };

/** Creates a plan with two patterns and ten blocks. */
export function samplePlan({ files, ...more }: PlanParts = {}): Plan {
  const book = { path: Buffer.from('/texts/book'), size: 995, modified: 1_700_000_000_123_456_789n };
  return {
    spec: countSpec(['love', 'hate']),
    logDir: undefined,
    decompress: true,
    files: FileTable.from(files ?? [book]),
    grid: { blockSize: 100, blocks: 10 },
    ...more,
  };
}

/** Creates the text of a plan.json for any plan, with a matching identity. @param plan JSON, with `"logDir":null`. */
export function forgedPlan(
  plan: string,
  identity = createHash('sha256').update(unicodeVersion).update(plan).digest('hex'),
): string {
  return `{"format":1,"log":"blocks","identity":"${identity}","plan":${plan}}`;
}

/** Seals any text as a journal line with a correct checksum. @param text JSON without its last `}`. */
export function sealText(text: string, plan: Plan): string {
  const crc = crc32(`${text}}`, crc32(identityOf(plan)));
  return `${text},"crc":"${crc.toString(16).padStart(8, '0')}"}\n`;
}

/** Seals any record as a journal line. */
export function seal(record: object, plan: Plan): string {
  return sealText(JSON.stringify(record).slice(0, -1), plan);
}

export function blockLine(plan: Plan, block: unknown, counts: unknown): string {
  return seal({ time: '2030-01-01T00:00:00.000Z', event: 'block', block, counts }, plan);
}

export function startLine(plan: Plan, host: unknown): string {
  return seal({ time: '2030-01-01T00:00:00.000Z', event: 'start', rank: 0, host }, plan);
}

/** Writes a rank log. @returns Its path. */
export function writeRankLog(logDir: string, rank: number, ...content: readonly (string | Uint8Array)[]): string {
  const path = rankLogPath(logDir, rank);
  writeFileSync(path, Buffer.concat(content.map((part) => Buffer.from(part))));
  return path;
}

/** Returns the path of a rank log and creates its folder. */
export function rankLogPath(logDir: string, rank: number): string {
  const path = join(logDir, rankLogName(rank));
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** Returns the names and contents of everything below a folder, to verify that nothing has changed. */
export function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      return [name, lstatSync(path).isFile() ? readFileSync(path, 'latin1') : ''];
    }),
  );
}

/** Returns the names of the files below a folder. */
export function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names.filter((name) => lstatSync(join(folder, name)).isFile());
}
