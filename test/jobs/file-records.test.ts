// Whole jobs that count the files that contain each pattern, where files are skipped, encoded, or are pipes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { launcherOf, mpis, program, run, runJob, temporaryFolder, type Mpi, type Outcome } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
const at = (name: string) => join(folder, name);
const job = { timeoutSeconds: 60, cwd: folder };

const texts = {
  'a.txt': 'love and café\nlove\n',
  'b.txt': `${'nothing here\n'.repeat(200)}glove`,
  'c.txt': 'CAFÉ, café',
  empty: '',
};
const latin1 = 'un café, love';
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

beforeAll(() => {
  for (const [name, text] of Object.entries(texts)) writeFileSync(at(name), text);
  writeFileSync(at('wide.txt'), utf16('love, and a café, love'));
  writeFileSync(at('latin1.txt'), Buffer.from(latin1, 'latin1'));
  writeFileSync(at('latin1.gz'), gzipSync(Buffer.from(latin1, 'latin1')));
  const packed = gzipSync('love café '.repeat(9000));
  writeFileSync(at('damaged.gz'), packed.subarray(0, packed.length - 6));
});

const count = (mpi: Mpi, ranks: number, ...args: readonly string[]) =>
  runJob(mpi, ranks, ['count', '--records', 'file', '--format', 'json', '-e', 'love', '-e', 'café', ...args], job);

interface Result {
  readonly patterns: readonly { count: number; records: number }[];
  readonly records: number;
}

/** Returns the status, the counters of each pattern, and the number of all records. */
function shown({ status, stdout }: Outcome): object {
  const { patterns, records } = JSON.parse(stdout.toString()) as Result;
  return { status, love: counters(patterns[0]), café: counters(patterns[1]), records };
}
const counters = (pattern: Result['patterns'][number] | undefined) => [pattern?.count, pattern?.records];

describe.each(mpis)('%s', (mpi) => {
  test.each([
    { ranks: 1, more: ['--block-size', '1M'] },
    { ranks: 3, more: ['--block-size', '100', '--schedule', 'dynamic'] },
    { ranks: 2, more: ['--block-size', '700', '--threads', '2'] },
  ])(
    'a file that is skipped is no record, and nothing of it counts: $ranks ranks',
    { timeout: 120_000 },
    async ({ ranks, more }) => {
      const inputs = [...Object.keys(texts), 'damaged.gz'];
      const failed = await count(mpi, ranks, ...more, ...inputs);
      expect({ status: failed.status, stdout: failed.stdout.toString() }).toEqual({ status: 3, stdout: '' });
      const outcome = await count(mpi, ranks, '--skip-unreadable', ...more, ...inputs);
      expect(shown(outcome)).toEqual({ status: 6, love: [3, 2], café: [2, 2], records: 4 });
      expect(outcome.stderr).toContain('damaged.gz');
    },
  );

  test('UTF-16 and an encoding that the user names, compressed or not: 2 ranks', { timeout: 120_000 }, async () => {
    for (const size of ['7', '1M']) {
      const options = ['--block-size', size, '--threads', '2'];
      const wide = await count(mpi, 2, ...options, 'a.txt', 'wide.txt', 'empty');
      expect(shown(wide)).toEqual({ status: 0, love: [4, 2], café: [2, 2], records: 3 });
      const named = await count(mpi, 2, ...options, '--encoding', 'ISO-8859-1', 'latin1.txt', 'latin1.gz', 'wide.txt');
      expect(shown(named)).toEqual({ status: 0, love: [4, 3], café: [3, 3], records: 3 });
    }
  });

  test(
    'a pipe is a record, and so is standard input; an empty one is one without text: 1 rank',
    { timeout: 120_000 },
    async () => {
      const command = [launcherOf(mpi), '-np', '1', process.execPath, program, 'count'];
      const options = ['--records', 'file', '--format', 'json', '-e', 'love', '-e', 'café'];
      const script = 'rm -f p q; mkfifo p q; printf "love\\n" >p & : >q & cat a.txt c.txt | "$@" - b.txt p q';
      const outcome = await run(['bash', '-c', script, 'bash', ...command, ...options], job);
      expect(shown(outcome)).toEqual({ status: 0, love: [4, 3], café: [2, 1], records: 4 });
    },
  );
});
