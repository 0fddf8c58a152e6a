import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { casesOf, mpis, runJob, temporaryFolder } from '../support/job.ts';
import { wcTexts } from '../support/wc-texts.ts';

// mpicount wc beside the wc of this system.

const { folder, remove } = temporaryFolder();
afterAll(remove);

const [, major = '', minor = ''] = /(\d+)\.(\d+)/.exec(execFileSync('wc', ['--version']).toString()) ?? [];
const words = Number(major) > 9 || (Number(major) === 9 && Number(minor) >= 5) ? '9.5' : '9.4';

const files = {
  prose: 'Many a word, élan and 愛,\n\tand\u3000then\u00a0one more;\r\n'.repeat(300),
  empty: '',
  'no newline': 'one two',
  'a name': 'x\n',
  spaces: ' \t\n\v\f\r'.repeat(50),
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
writeFileSync(join(folder, 'bytes'), Buffer.from('caf\xe9 \xff\xfe \0 end\xc3', 'latin1'));
const names = [...Object.keys(files), 'bytes'];

function systemWc(...args: readonly string[]): string {
  return execFileSync('wc', ['-lwmc', ...args], { cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' } }).toString();
}

/** Removes two thirds of the blocks from a rank log. */
function removeBlocks(path: string): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  const kept = lines.filter((line, index) => !line.includes('"event":"block"') || index % 3 === 0);
  expect(lines.length - kept.length).toBeGreaterThan(20);
  writeFileSync(path, kept.join('\n'));
}

const job = { cwd: folder, timeoutSeconds: 30 };

describe.each(mpis)('%s', (mpi) => {
  test.each(
    casesOf(mpi, [
      [1, '7'],
      [2, '64'],
      [3, '1000'],
      [5, '1M'],
    ]),
  )('wc prints what wc -lwmc prints: %d ranks, blocks of %s bytes', async (ranks, blockSize) => {
    const args = ['wc', '--words', words, '--block-size', blockSize, '--threads', '2', ...names];
    const { status, stdout, stderr } = await runJob(mpi, ranks, args, job);
    expect({ status, stdout: stdout.toString(), stderr }).toEqual({
      status: 0,
      stdout: systemWc(...names),
      stderr: '',
    });
  });

  test.each(casesOf(mpi, names))('wc prints no total for one file: %s', async (name) => {
    const { stdout } = await runJob(mpi, 2, ['wc', '--words', words, name], job);
    expect(stdout.toString()).toBe(systemWc(name));
  });

  test('--resume goes on with blocks that are missing, with another number of ranks', async () => {
    const logDir = join(folder, `logs-${mpi}`);
    const args = ['wc', '--words', words, '--block-size', '100', '--log-dir', logDir, ...names];
    const whole = systemWc(...names);
    expect((await runJob(mpi, 2, args, job)).stdout.toString()).toBe(whole);
    removeBlocks(join(logDir, 'ranks', '000', 'rank-000001.jsonl'));
    const resumed = await runJob(mpi, 3, [...args, '--resume'], job);
    expect({ ...resumed, stdout: resumed.stdout.toString() }).toMatchObject({ status: 0, stdout: whole, stderr: '' });
  });

  // Each text is a file. A block of one byte cuts the text at every byte, a larger one at every so many.
  test.each([
    [1, 2, '1'],
    [2, 3, '2'],
    [3, 7, '5'],
    [4, 1, '61'],
  ])(
    'wc prints and resumes what wc -lwmc prints of 500 texts: seed %d, %d ranks, blocks of %s bytes',
    async (seed, ranks, blockSize) => {
      const texts = mkdtempSync(join(folder, 'texts-'));
      const generated = fc.sample(wcTexts(10), { seed, numRuns: 500 });
      const names = generated.map((_, index) => join(texts, String(index)));
      for (const [index, text] of generated.entries()) writeFileSync(names[index] ?? '', text);
      const list = join(texts, 'list');
      writeFileSync(list, names.join('\n'));
      const logDir = join(texts, 'logs');
      const args = ['wc', '--words', words, '--block-size', blockSize, '--log-dir', logDir, '--files-from', list];
      const expected = { status: 0, stdout: systemWc(...names), stderr: '' };
      const counted = await runJob(mpi, ranks, args, job);
      expect({ ...counted, stdout: counted.stdout.toString() }).toMatchObject(expected);
      removeBlocks(join(logDir, 'ranks', '000', 'rank-000000.jsonl'));
      const resumed = await runJob(mpi, 8 - ranks, [...args, '--resume'], job);
      expect({ ...resumed, stdout: resumed.stdout.toString() }).toMatchObject(expected);
    },
  );

  test('--resume refuses another command and other words', async () => {
    const logDir = join(folder, `other-${mpi}`);
    await runJob(mpi, 1, ['wc', '--log-dir', logDir, 'prose'], job);
    const begun = ['--log-dir', logDir, '--resume'];
    const remedy = 'give the same as before, or count anew with another --log-dir';
    const counted = await runJob(mpi, 1, ['count', ...begun, 'word', 'prose'], job);
    expect(counted.stderr).toContain(`cannot resume: it was begun as mpicount wc, not count; ${remedy}`);
    expect(counted.status).toBe(3);
    const other = await runJob(mpi, 1, ['wc', '--words', '9.5', ...begun, 'prose'], job);
    expect(other.stderr).toContain(
      `cannot resume: it was begun with the words of coreutils 9.4, not coreutils 9.5; ${remedy}`,
    );
    expect(other.status).toBe(3);
  });
});
