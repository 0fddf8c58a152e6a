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

// Log folders made by hand, as jobs leave them, and as no job does.

/** Some of a plan. */
export type PlanParts = Partial<Omit<Plan, 'files'>> & { readonly files?: Iterable<CorpusFile> };

/** Two patterns in ten blocks. */
export function samplePlan({ files, ...more }: PlanParts = {}): Plan {
  const book = { path: Buffer.from('/texts/book'), size: 995, modified: 1_700_000_000_123_456_789n };
  return {
    patterns: [Buffer.from('love'), Buffer.from('hate')],
    options: { ignoreCase: false, word: false, overlapping: false },
    logDir: undefined,
    files: FileTable.from(files ?? [book]),
    grid: { blockSize: 100, blocks: 10 },
    ...more,
  };
}

/** A plan.json with any plan, and the identity that fits it. @param plan As JSON, with `"logDir":null`. */
export function forgedPlan(
  plan: string,
  identity = createHash('sha256').update(unicodeVersion).update(plan).digest('hex'),
): string {
  return `{"format":1,"log":"blocks","identity":"${identity}","plan":${plan}}`;
}

/** Text as a line that has the right checksum, whatever it says; without its last `}`. */
export function sealText(text: string, plan: Plan): string {
  const crc = crc32(`${text}}`, crc32(identityOf(plan)));
  return `${text},"crc":"${crc.toString(16).padStart(8, '0')}"}\n`;
}

/** A record of any kind as such a line. */
export function seal(record: object, plan: Plan): string {
  return sealText(JSON.stringify(record).slice(0, -1), plan);
}

export function blockLine(plan: Plan, block: unknown, counts: unknown): string {
  return seal({ time: '2030-01-01T00:00:00.000Z', event: 'block', block, counts }, plan);
}

export function startLine(plan: Plan, host: unknown): string {
  return seal({ time: '2030-01-01T00:00:00.000Z', event: 'start', rank: 0, host }, plan);
}

/** Writes a rank's log. @returns Its path. */
export function writeRankLog(logDir: string, rank: number, ...content: readonly (string | Uint8Array)[]): string {
  const path = rankLogPath(logDir, rank);
  writeFileSync(path, Buffer.concat(content.map((part) => Buffer.from(part))));
  return path;
}

/** The path of a rank's log, in a folder that is there. */
export function rankLogPath(logDir: string, rank: number): string {
  const path = join(logDir, rankLogName(rank));
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** The names of all that lies below a folder, with what is in each file: to see that nothing was changed. */
export function contents(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      return [name, lstatSync(path).isFile() ? readFileSync(path, 'latin1') : ''];
    }),
  );
}

/** The names of the files below a folder. */
export function filesBelow(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names.filter((name) => lstatSync(join(folder, name)).isFile());
}
