// The kernels that count records against reference.py, a reference in another language: the sums over the ranges of a text, wherever it is
// cut, are what it says of the whole. MPICOUNT_FUZZ_RUNS=100 runs a hundred times as many, MPICOUNT_FUZZ_SEED other ones.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { compilePatterns, type KernelRecords, type ScanOptions } from '../../src/scan/patterns.ts';
import type { KernelResult } from '../../src/scan/kernel.ts';
import { toDense } from '../../src/tally/counters.ts';
import { textFile } from './ranges.ts';

const times = Number(process.env['MPICOUNT_FUZZ_RUNS'] ?? 1);
const firstSeed = Number(process.env['MPICOUNT_FUZZ_SEED'] ?? 1);
const casesOfSeed = 200;
const invalidFinding = 12;

const done: Record<string, number> = {};
afterAll(() => {
  console.log(`reference: ${JSON.stringify(done)}`);
});
const { resultsAt } = textFile();

/** A case as reference.py writes it; bytes are in Base64. */
interface Case {
  readonly kind: 'line' | 'fastq' | 'jsonl' | 'groups';
  readonly text: string;
  readonly patterns: readonly string[];
  readonly options: ScanOptions;
  readonly cuts: readonly number[];
  readonly windowSize: number;
  readonly chunk: number;
  readonly path?: readonly string[];
  readonly groupPath?: readonly string[];
  /** The expected row; null if the text has a fault. */
  readonly row: readonly number[] | null;
  readonly groups?: Readonly<Record<string, readonly number[]>>;
  readonly invalid?: number;
}

const bytesOf = (text: string) => Buffer.from(text, 'base64');
const keysOf = (path: readonly string[] = []) => path.map((key) => Buffer.from(key));

function recordsOf({ kind, path, groupPath }: Case): KernelRecords {
  if (kind === 'line' || kind === 'fastq') return kind;
  return { path: keysOf(path), ...(kind === 'groups' && { groupPath: keysOf(groupPath) }), skipInvalid: true };
}

/** Adds up the results of ranges in the form of a case. */
function sumOf(results: readonly KernelResult[]): Pick<Case, 'row' | 'groups' | 'invalid'> {
  const row: number[] = [];
  const groups: Record<string, number[]> = {};
  let invalid = 0;
  for (const { counts, groups: found, findings } of results) {
    for (const [column, count] of counts.entries()) row[column] = (row[column] ?? 0) + Number(count);
    invalid += findings.find(({ finding }) => finding === invalidFinding)?.count ?? 0;
    const dense = found ? toDense(found.rows) : [];
    const width = counts.length;
    for (const [index, name] of found?.names.entries() ?? []) {
      const ofGroup = dense.slice(index * width, (index + 1) * width);
      groups[name] = ofGroup.map((count, column) => count + (groups[name]?.[column] ?? 0));
    }
  }
  return { row, groups, invalid };
}

async function check(one: Case): Promise<void> {
  const { text, patterns, options, cuts, row, groups = {}, invalid = 0, kind } = one;
  const bytes = bytesOf(text);
  const kernel = compilePatterns(patterns.map(bytesOf), options, recordsOf(one));
  const edges = cuts.map((part) => Math.floor(part * (bytes.length + 1)));
  const found = await resultsAt(bytes, kernel, one, edges).then(
    (results) => sumOf(results.map(({ result }) => result)),
    (error: unknown) => ({ row: null, fault: (error as Error).message }),
  );
  const expected =
    row === null
      ? { row: null, fault: expect.stringContaining('is no FASTQ') as unknown }
      : { row: bytes.length === 0 ? [] : row, groups, invalid };
  expect({ one, ...found }).toEqual({ one, ...expected });
  const what = row === null ? 'faults' : kind;
  done[what] = (done[what] ?? 0) + 1;
}

test('the sums over all ranges are those of the reference', { timeout: 120_000 * times }, async () => {
  for (let seed = firstSeed; seed < firstSeed + times; seed += 1) {
    const script = join(import.meta.dirname, 'reference.py');
    const output = execFileSync('python3', [script, String(seed), String(casesOfSeed)], { maxBuffer: 2 ** 28 });
    for (const line of output.toString().trimEnd().split('\n')) await check(JSON.parse(line) as Case);
  }
});
