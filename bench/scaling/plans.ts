import { byteStrings } from '../../src/base/byte-strings.ts';
import { Findings } from '../../src/scan/findings.ts';
import { FileTable } from '../../src/corpus/file-table.ts';
import { makeGrid } from '../../src/corpus/grid.ts';
import { Rows } from '../../src/tally/rows.ts';
import { tallyOf } from '../../src/tally/tallies.ts';
import type { Plan } from '../../src/job/plan/plan.ts';
import type { PreparedJob } from '../../src/job/job.ts';

/** How many files and patterns the plans have that are measured. */
export const planSizes = [1, 10_000].flatMap((patterns) =>
  [1, 1_000, 100_000].map((files) => ({ files, patterns, name: planName(files, patterns) })),
);

function planName(files: number, patterns: number): string {
  return `${files.toLocaleString('en')} file${files === 1 ? '' : 's'}, ${patterns.toLocaleString('en')} pattern${patterns === 1 ? '' : 's'}`;
}

/** A plan of 100 TB, with names of 49 bytes and patterns of 10. */
export function makePlan(files: number, patterns: number): Plan {
  const size = 1e14 / files;
  return {
    spec: {
      kind: 'count',
      patterns: byteStrings(Array.from({ length: patterns }, (_, index) => Buffer.from(`word${digits(index)}`))),
      options: { ignoreCase: true, word: false, overlapping: false },
    },
    logDir: undefined,
    decompress: true,
    files: FileTable.from(Array(files).keys(), (index) => ({
      path: Buffer.from(`/scratch/project/corpus/2026/text-${digits(index)}.part.txt`),
      size,
      modified: 1_790_000_000_123_456_789n + BigInt(index),
    })),
    grid: makeGrid(1e14, 64_000),
  };
}

/** What rank 0 hands out of such a plan. */
export function prepared(plan: Plan): PreparedJob {
  const settings = {
    identity: 'a'.repeat(64),
    logging: { level: 'blocks', syncSeconds: 10 },
    threads: 1,
    io: 'auto',
    schedule: 'static',
    resumable: true,
    resumed: false,
    allowGrowth: false,
    skipUnreadable: false,
    hasProgress: false,
    stopAt: undefined,
  } as const;
  const missing = [{ first: 0, end: plan.grid.blocks }];
  const request = { typedPatterns: [], notes: [], resume: false, decompress: true };
  const counted = new Rows(tallyOf(plan.spec).width);
  const rest = { findings: new Findings(), pending: [], skipped: new Map<number, string>(), streams: [] };
  return { plan, settings, missing, counted, ...rest, request };
}

function digits(index: number): string {
  return String(index).padStart(6, '0');
}
