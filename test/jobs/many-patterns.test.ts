import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { mpis, program, readLog, run, runJob, temporaryFolder } from '../support/job.ts';
import { rankLogPath } from '../support/log-folder.ts';

// Counts of 100,000 patterns, which are stored beside the plan, against a reference that looks up every window of the text.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const list = join(folder, 'guides');
const text = join(folder, 'text');
const lengths = [8, 12, 20];
const patterns: string[] = [];

/** Returns pseudo-random numbers from 0 to `below` - 1 (Numerical Recipes, linear congruential generator). */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

beforeAll(() => {
  const random = randomNumbers(15);
  const bases = (count: number) =>
    Array.from({ length: count }, () => 'ACGTacgt\n'.charAt(random(8005) / 1000)).join('');
  const sequence = bases(300_000);
  writeFileSync(text, sequence);
  while (patterns.length < 100_000) {
    const length = lengths[random(lengths.length)] ?? 0;
    const begin = random(sequence.length - length);
    // Every second one is somewhere in the text; short ones come several times.
    const pattern = patterns.length % 2 === 0 ? sequence.slice(begin, begin + length) : bases(length);
    if (!pattern.includes('\n')) patterns.push(pattern);
  }
  writeFileSync(list, patterns.map((pattern) => `${pattern}\n`).join(''));
});

/** Counts without overlap, from left to right, by looking up every window of the text. */
function reference(ignoreCase: boolean): number[] {
  const folded = (content: string) => (ignoreCase ? content.toLowerCase() : content);
  const content = folded(readFileSync(text, 'latin1'));
  const found = new Map(patterns.map((pattern) => [folded(pattern), { count: 0, end: 0 }]));
  for (const length of lengths) {
    for (let begin = 0; begin + length <= content.length; begin += 1) {
      const known = found.get(content.slice(begin, begin + length));
      if (!known || begin < known.end) continue;
      known.count += 1;
      known.end = begin + length;
    }
  }
  return patterns.map((pattern) => found.get(folded(pattern))?.count ?? 0);
}

test.each([
  ['openmpi', 'mpich', []],
  ['mpich', 'openmpi', ['-i']],
] as const)(
  'a count of 100,000 patterns has the totals of the reference, also resumed: %s with 3 ranks, then %s with 2, %j',
  { timeout: 240_000 },
  async (mpi, otherMpi, options) => {
    const job = { timeoutSeconds: 100 };
    const counts = reference(options.length > 0);
    const totals = patterns.map((pattern, index) => `${counts[index] ?? 0}\t${pattern}\n`).join('');
    const logDir = join(folder, `logs-${mpi}`);
    const args = ['count', ...options, '--log-dir', logDir, '--block-size', '20K', '-f', list, text];
    const counted = await runJob(mpi, 3, args, job);
    expect({ status: counted.status, stderr: counted.stderr }).toEqual({ status: 0, stderr: '' });
    expect(counted.stdout.toString() === totals).toBe(true);

    // The patterns are there once, and the logs have what is not zero.
    const [stored = ''] = readdirSync(logDir).filter((name) => name.startsWith('patterns-'));
    expect(readFileSync(join(logDir, stored)).equals(readFileSync(list))).toBe(true);
    expect(readFileSync(join(logDir, 'plan.json')).length).toBeLessThan(2000);
    const blocks = readLog(logDir, 1).filter(({ event }) => event === 'block');
    expect(blocks.length).toBeGreaterThan(3);
    for (const block of blocks) expect(block).toMatchObject({ sparse: { length: patterns.length } });
    const result = JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8')) as { patterns: unknown[] };
    expect(result.patterns[77]).toEqual({ pattern: patterns[77], count: counts[77] });
    expect(result.patterns).toHaveLength(patterns.length);

    const path = rankLogPath(logDir, 1);
    const kept = readFileSync(path, 'utf8')
      .split('\n')
      .filter((line, index) => !line.includes('"event":"block"') || index % 2 === 0);
    writeFileSync(path, kept.join('\n'));
    const resumed = await runJob(otherMpi, 2, [...args, '--resume'], job);
    expect({ status: resumed.status, stderr: resumed.stderr }).toEqual({ status: 0, stderr: '' });
    expect(resumed.stdout.toString() === totals).toBe(true);
    const status = await run([process.execPath, program, 'status', logDir], job);
    expect(status.stdout.toString().endsWith(`\ntotals\n${totals}`)).toBe(true);
  },
);

test.each(mpis)('other patterns are refused: %s, 2 ranks', { timeout: 120_000 }, async (mpi) => {
  const job = { timeoutSeconds: 50 };
  const logDir = join(folder, `others-${mpi}`);
  const args = ['count', '--log-dir', logDir, text];
  expect((await runJob(mpi, 2, [...args, '-f', list], job)).status).toBe(0);
  const others = join(folder, 'others');
  const [, second = '', ...more] = patterns;
  writeFileSync(others, [patterns[0], `${second}A`, ...more].join('\n'));
  const { status, stdout, stderr } = await runJob(mpi, 2, [...args, '--resume', '-f', others], job);
  expect({ status, stdout: stdout.toString() }).toEqual({ status: 3, stdout: '' });
  const reason = `cannot resume: pattern 2 was '${second}', not '${second}A'`;
  const ways = 'give the same as before, or count anew with another --log-dir';
  // Launchers add lines of their own.
  expect(stderr.split('\n')[0]).toBe(`mpicount: rank 0 on ${hostname()}: ${reason}; ${ways}`);
});
