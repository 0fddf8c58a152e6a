// The memory of ranks that decode files a thousand times as large as what is stored of them.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { compressed, pack, packers } from '../decode/harness.ts';
import { casesOf, mpis, ownLines, runJob, temporaryFolder, type Outcome } from '../support/job.ts';
import { buildPreload, type Trouble } from '../support/preload.ts';
import { blocksCounted, runAndDisturb } from '../support/stopped-job.ts';

const { folder, remove } = temporaryFolder();
const at = (name: string) => join(folder, name);
const timeoutSeconds = 120;

// A run of one letter is the text that packs best. It is one run of overlapping occurrences, too, which no part of it can be counted without.
const megabytes = 128;
const chunk = Buffer.from(`love${'a'.repeat(2 ** 20 - 4)}`);
const searched = ['-e', 'love', '-e', 'aa'];
const expected = `${megabytes}\tlove\n${(megabytes * (chunk.length - 4)) / 2}\taa\n`;
// In MiB: for the windows of text, the stored bytes and the state of the libraries; 1 to 11 were seen. docs/formats.md names it.
const allowance = 24;

let trouble: (trouble: Trouble) => Record<string, string>;

beforeAll(() => {
  trouble = buildPreload(folder);
  writeFileSync(at('small.txt'), chunk.subarray(0, 4096));
  for (const format of compressed) {
    // One unit, which its packer gets bit by bit, at its default level.
    const packer = packers[format].filter((word) => !/^-\d$/.test(word));
    const script = `for i in $(seq ${megabytes}); do cat "$1"; done | ${packer.join(' ')} >"$2"`;
    writeFileSync(at('chunk'), chunk);
    const { status } = spawnSync('bash', ['-c', script, 'pack', at('chunk'), at(`one.${format}`)]);
    expect(status).toBe(0);
    // As many units as chunks.
    writeFileSync(at(`many.${format}`), Buffer.concat(Array.from({ length: megabytes }, () => packed(format))));
  }
}, 240_000);
afterAll(remove);

const packedChunks = new Map<string, Buffer>();
function packed(format: (typeof compressed)[number]): Buffer {
  const bytes = packedChunks.get(format) ?? pack(format, chunk);
  packedChunks.set(format, bytes);
  return bytes;
}

/** The environment of a job whose ranks leave their peaks, and what returns these, in MiB. */
function peaksOf(name: string): { environment: Record<string, string>; peaks: () => number[] } {
  const file = at(`peaks-${name}`);
  rmSync(file, { force: true });
  return {
    environment: {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, 'fixtures', 'note-peak.cjs')}`,
      MPICOUNT_TEST_PEAKS: file,
    },
    peaks: () =>
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => Number(line) / 1024),
  };
}

function expectTotals(outcome: Outcome): void {
  expect(ownLines(outcome)).toEqual([]);
  expect(outcome.stdout.toString()).toBe(expected);
  expect(outcome.status).toBe(0);
}

const ranks = 2;
const measured: string[] = [];
afterAll(() => {
  console.log(measured.join('\n'));
});

describe.each(mpis)('%s', (mpi) => {
  /** The largest peak of a rank that counts a small text. */
  let least = 0;

  beforeAll(async () => {
    const { environment, peaks } = peaksOf(`least-${mpi}`);
    const args = ['count', '--log-dir', at(`least-${mpi}`), ...searched, at('small.txt')];
    expect((await runJob(mpi, ranks, args, { timeoutSeconds, environment })).status).toBe(0);
    expect(peaks()).toHaveLength(ranks);
    least = Math.max(...peaks());
  });

  const expectSmall = (what: string, peaks: readonly number[], of: number) => {
    expect(peaks).toHaveLength(of);
    const more = Math.max(...peaks) - least;
    measured.push(`${mpi}, ${what}: ${more.toFixed(1)} MiB more than the ${least.toFixed(0)} MiB for a small text`);
    expect(more).toBeLessThan(allowance);
  };

  test.each(casesOf(mpi, compressed))(
    'a unit of %s that holds 128 MiB, 2 ranks',
    { timeout: 150_000 },
    async (format) => {
      const file = at(`one.${format}`);
      // lz4 has no more than 255 bytes for one.
      expect((megabytes * 2 ** 20) / statSync(file).size).toBeGreaterThan(format === 'lz4' ? 250 : 1000);
      const { environment, peaks } = peaksOf(`one-${format}-${mpi}`);
      const args = ['count', '--log-dir', at(`one-${format}-${mpi}`), ...searched, file];
      expectTotals(await runJob(mpi, ranks, args, { timeoutSeconds, environment }));
      expectSmall(`one unit of ${format}`, peaks(), ranks);
    },
  );

  test.each(casesOf(mpi, compressed))(
    'units of %s that hold 128 MiB together, stopped and resumed inside the file, 2 and 3 ranks',
    { timeout: 300_000 },
    async (format) => {
      const file = at(`many.${format}`);
      const blockSize = Math.ceil(statSync(file).size / 32);
      const logDir = at(`many-${format}-${mpi}`);
      const args = ['--io', 'read', '--block-size', String(blockSize), ...searched, file];
      const slow = trouble({ file, call: 'pread', slow: 100 });
      const stopped = await runAndDisturb({ mpi, ranks, logDir, args, environment: slow, timeoutSeconds }, (pids) => {
        process.kill(pids[0]!, 'SIGTERM');
      });
      expect(stopped.status).toBe(85);
      const before = blocksCounted(logDir, ranks).length;
      expect(before).toBeLessThan(32);
      const { environment, peaks } = peaksOf(`many-${format}-${mpi}`);
      const resume = ['count', '--resume', '--log-dir', logDir, ...args];
      expectTotals(await runJob(mpi, ranks + 1, resume, { timeoutSeconds, environment }));
      expectSmall(`units of ${format}`, peaks(), ranks + 1);
    },
  );
});
