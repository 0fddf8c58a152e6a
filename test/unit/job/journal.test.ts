import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ResumeError } from '../../../src/job/journal/errors.ts';
import { Findings } from '../../../src/scan/findings.ts';
import { readJournal } from '../../../src/job/journal/journal.ts';
import { openRankLog } from '../../../src/job/journal/rank-log.ts';
import { identityOf } from '../../../src/job/plan/plan-file.ts';
import { temporaryFolder } from '../../support/job.ts';
import { nothing, ofTwo, plan, two } from '../../support/journals.ts';
import {
  blockLine,
  rankLogPath,
  samplePlan,
  seal,
  sealText,
  startLine,
  writeRankLog,
} from '../../support/log-folder.ts';
import { countSpec, countTotals } from '../../support/spec.ts';
import { startEvent } from '../../support/events.ts';

let folder: string;
let remove: () => void;
beforeEach(() => ({ folder, remove } = temporaryFolder()));
afterEach(() => {
  remove();
});

const read = () => readJournal(Buffer.from(folder), plan);

describe('the rank logs of a job', () => {
  test('give the completed blocks, their totals, and the starts', async () => {
    writeRankLog(folder, 0, startLine(plan, 'node2'), blockLine(plan, 0, [1, 2]), blockLine(plan, 1, [3, 4]));
    writeRankLog(folder, 300, startLine(plan, 'node1'), blockLine(plan, 9, [0, 7]), startLine(plan, 'node2'));
    writeRankLog(folder, 1_000_000, blockLine(plan, 5, [2 ** 40, 0]), seal({ event: 'waiting' }, plan));
    expect(await read()).toEqual({
      missing: [
        { first: 2, end: 5 },
        { first: 6, end: 9 },
      ],
      blocksDone: 4,
      totals: countTotals(4n + 2n ** 40n, 13n),
      findings: new Findings(),
      pending: [],
      starts: 3,
      hosts: ['node1', 'node2'],
      skipped: new Map(),
      ignoredLines: 0,
    });
  });

  test('give the findings about texts, once for each block', async () => {
    const line = (block: number, findings: unknown) => seal({ event: 'block', block, counts: [0, 0], findings }, plan);
    const gzip = line(1, { gzip: [2, 5], 'a later kind': [1, 0] });
    writeRankLog(folder, 0, gzip, gzip, line(2, { gzip: [1, 3], 'UTF-16': [1, 7] }), line(3, undefined));
    const { findings, blocksDone } = await read();
    expect(findings.toJson()).toEqual({ gzip: [3, 3], 'UTF-16': [1, 7] });
    expect(blocksDone).toBe(3);
  });

  test.each([[[]], ['gzip'], [{ gzip: 1 }], [{ gzip: [1, -1] }], [{ gzip: ['1', 0] }], [{ gzip: [1.5, 0] }], [null]])(
    'ignore a line with invalid findings: %j',
    async (findings) => {
      writeRankLog(folder, 0, seal({ event: 'block', block: 1, counts: [0, 0], findings }, plan));
      expect(await read()).toEqual({ ...nothing, ignoredLines: 1 });
    },
  );

  test('may hold blocks in any order, in any files, repeatedly', async () => {
    const block = fc.record({ block: fc.nat(9), rank: fc.constantFrom(0, 1, 7, 256) });
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 30 }), async (lines) => {
        rmSync(join(folder, 'ranks'), { recursive: true, force: true });
        for (const { block, rank } of lines) {
          appendFileSync(rankLogPath(folder, rank), blockLine(plan, block, [block, 1]));
        }
        const done = new Set(lines.map(({ block }) => block));
        const journal = await read();
        const missing = journal.missing.flatMap(({ first, end }) =>
          Array.from({ length: end - first }, (_, index) => first + index),
        );
        expect(missing).toEqual(Array.from({ length: 10 }, (_, index) => index).filter((index) => !done.has(index)));
        expect(journal.blocksDone).toBe(done.size);
        const sum = [...done].reduce((total, index) => total + index, 0);
        expect(journal.totals.row(0)).toEqual(BigUint64Array.of(BigInt(sum), BigInt(done.size)));
        expect(journal.ignoredLines).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test('may have the counts of a block in either form, and in both in two lines', async () => {
    const counts = Array.from({ length: 100 }, (_, index) => (index === 70 ? 5 : 0));
    const many = samplePlan({ spec: countSpec(counts.map((_, index) => `word${index}`)) });
    const sparse = (count: number) =>
      seal({ event: 'block', block: 3, sparse: { length: 100, indices: [70], counts: [count] } }, many);
    writeRankLog(folder, 0, sparse(5), blockLine(many, 3, counts), blockLine(many, 4, counts));
    const readMany = () => readJournal(Buffer.from(folder), many);
    const expected = counts.map((count) => BigInt(2 * count));
    const journal = await readMany();
    expect(journal).toMatchObject({ blocksDone: 2, ignoredLines: 0 });
    expect([...journal.totals.row(0)]).toEqual(expected);
    writeRankLog(folder, 1, sparse(6));
    await expect(readMany()).rejects.toThrow('counts for block 3 contradict those of an earlier line');
  });

  test('may be missing', async () => {
    expect(await read()).toEqual(nothing);
    mkdirSync(join(folder, 'ranks'));
    expect(await read()).toEqual(nothing);
    mkdirSync(join(folder, 'ranks', '000'));
    expect(await read()).toEqual(nothing);
  });

  test('leave no block missing when all are counted', async () => {
    writeRankLog(folder, 0, ...Array.from({ length: 10 }, (_, block) => blockLine(plan, block, [1, 0])));
    expect(await read()).toMatchObject({ missing: [], blocksDone: 10, totals: countTotals(10n, 0n) });
  });
});

describe('invalid content of a journal', () => {
  test('leaves the blocks before a cut at any byte', async () => {
    const lines = [startLine(plan, 'node1'), ...[0, 1, 2].map((block) => blockLine(plan, block, [block, 1]))];
    const path = writeRankLog(folder, 0, ...lines);
    const whole = readFileSync(path);
    for (let length = whole.length; length >= 0; length -= 1) {
      truncateSync(path, length);
      let end = 0;
      // A line is whole without its newline, too.
      const complete = lines.filter((line) => (end += line.length) - 1 <= length);
      const blocks = Math.max(0, complete.length - 1);
      const journal = await read();
      expect(journal.blocksDone, `${length} bytes`).toBe(blocks);
      expect(journal.totals.row(0)).toEqual(BigUint64Array.of([0n, 0n, 1n, 3n][blocks]!, BigInt(blocks)));
    }
  });

  test('is ignored up to the lines that a later run appended', async () => {
    const [first, second] = two;
    const path = writeRankLog(folder, 0, first, blockLine(plan, 8, [9, 9]).slice(0, 50));
    const log = openRankLog(Buffer.from(folder), 0, identityOf(plan), { level: 'blocks', syncSeconds: 10 });
    log.write(startEvent({ host: 'node1' }));
    await log.close();
    appendFileSync(path, second);
    expect(await read()).toEqual({ ...ofTwo, starts: 1, hosts: ['node1'], ignoredLines: 1 });
  });

  test.each([
    ['zeros at the end', Buffer.alloc(5000), 1],
    ['zeros on a line', Buffer.concat([Buffer.alloc(5000), Buffer.from('\n')]), 1],
    ['empty lines', '\n\n\n', 3],
    ['carriage returns', 'x\r\n', 1],
    ['bytes of any kind', Buffer.from(Array.from({ length: 256 }, (_, index) => index)), 2],
    ['a line of another job', blockLine(samplePlan({ spec: countSpec(['x', 'y']) }), 8, [9, 9]), 1],
    ['a line of other files', blockLine(samplePlan({ files: [] }), 8, [9, 9]), 1],
    ['a line of another grid', blockLine(samplePlan({ grid: { blockSize: 50, blocks: 20 } }), 8, [9, 9]), 1],
    ['a line without a checksum', '{"event":"block","block":8,"counts":[9,9]}\n', 1],
    ['JSON that is not closed, rightly sealed', sealText('{"event":"block","block":8,"counts":[9,', plan), 1],
    ['no JSON at all, rightly sealed', sealText('love', plan), 1],
    ['a block that is not there', blockLine(plan, 10, [9, 9]), 1],
    ['a block far off', blockLine(plan, 1e300, [9, 9]), 1],
    ['a block before the first', blockLine(plan, -1, [9, 9]), 1],
    ['half a block', blockLine(plan, 0.5, [9, 9]), 1],
    ['a block that is no number', blockLine(plan, '8', [9, 9]), 1],
    ['a block that is null, as NaN is in JSON', blockLine(plan, NaN, [9, 9]), 1],
    ['a block that is true', blockLine(plan, true, [9, 9]), 1],
    ['a block that is a list', blockLine(plan, [8], [9, 9]), 1],
    ['a block that is a property', blockLine(plan, 'length', [9, 9]), 1],
    ['no block', blockLine(plan, undefined, [9, 9]), 1],
    ['no counts', blockLine(plan, 8, undefined), 1],
    ['counts that are null', blockLine(plan, 8, null), 1],
    ['counts that are a text as long', blockLine(plan, 8, '99'), 1],
    ['counts that say their length', blockLine(plan, 8, { length: 2 }), 1],
    ['too few counts', blockLine(plan, 8, [9]), 1],
    ['too many counts', blockLine(plan, 8, [9, 9, 9]), 1],
    ['a negative count', blockLine(plan, 8, [9, -9]), 1],
    ['half a count', blockLine(plan, 8, [9, 0.5]), 1],
    ['a count beyond all bytes', blockLine(plan, 8, [9, 2 ** 64]), 1],
    ['a huge count', blockLine(plan, 8, [9, 1e300]), 1],
    ['a count that is null, as NaN is in JSON', blockLine(plan, 8, [9, NaN]), 1],
    ['a count that is a text', blockLine(plan, 8, [9, '9']), 1],
    ['a count that is a list', blockLine(plan, 8, [9, [9]]), 1],
    ['a start without a host', startLine(plan, undefined), 1],
    ['a host that is no text', startLine(plan, { toString: 1 }), 1],
    ['a block of 1e999', sealText('{"event":"block","block":1e999,"counts":[9,9]', plan), 1],
    ['counts with 1e999', sealText('{"event":"block","block":8,"counts":[9,1e999]', plan), 1],
    ['counts that are given twice', sealText('{"event":"block","block":8,"counts":[9,9],"counts":[9]', plan), 1],
    ['counts of a prototype', sealText('{"event":"block","block":8,"__proto__":{"counts":[9,9]}', plan), 1],
    ['a number of nested lists', blockLine(plan, 8, JSON.parse('[[[[9]]],9]')), 1],
    ['a million nested lists', sealText(`{"event":"block","block":8,"counts":${'['.repeat(1e6)}`, plan), 1],
    ['a million values', sealText(`{"event":"waiting","x":[${'[],'.repeat(1e6)}[]]`, plan), 1],
    ['quotes that never end', sealText('{"event":"block","block":8,"counts":[9,9],"x":"\\"', plan), 1],
    ['an event that is no text', seal({ event: ['block'], block: 8, counts: [9, 9] }, plan), 1],
    ['no event', seal({ block: 8, counts: [9, 9] }, plan), 1],
    ['a host of 256 characters', startLine(plan, 'x'.repeat(256)), 1],
    ['a host that says its length', startLine(plan, { length: 5 }), 1],
    ['a record in a list', sealText('[{"event":"block"', plan), 1],
  ])('is ignored: %s', async (_name, line, ignored) => {
    writeRankLog(folder, 0, two[0], line, Buffer.from('\n'), two[1]);
    // After a newline of its own, the one that follows makes an empty line.
    const own = Buffer.from(line).at(-1) === 0x0a ? 1 : 0;
    expect(await read()).toEqual({ ...ofTwo, ignoredLines: ignored + own });
  });

  test('does not include events that resuming does not need', async () => {
    writeRankLog(folder, 0, two[0], seal({ event: 'waiting' }, plan), seal({ event: '__proto__' }, plan), two[1]);
    expect(await read()).toEqual(ofTwo);
  });

  test('does not include a long valid line', async () => {
    const patterns = Array.from({ length: 100_000 }, (_, index) => `pattern ${index}`);
    const many = samplePlan({ spec: countSpec(patterns) });
    const counts = patterns.map(() => 100);
    writeRankLog(folder, 0, startLine(many, 'node1'), blockLine(many, 0, counts));
    const journal = await readJournal(Buffer.from(folder), many);
    expect(journal).toMatchObject({ blocksDone: 1, starts: 1, ignoredLines: 0 });
    expect(journal.totals.row(0).every((count) => count === 100n)).toBe(true);
  });
});

describe('two lines for one block', () => {
  test('are counted once when they are equal, in one file and in two', async () => {
    writeRankLog(folder, 0, ...two, ...two);
    writeRankLog(folder, 1, ...two);
    expect(await read()).toEqual(ofTwo);
  });

  test.each([
    [
      [5, 0],
      [5, 1],
    ],
    [
      [5, 0],
      [0, 5],
    ],
    [
      [1, 23],
      [12, 3],
    ],
    [
      [0, 0],
      [0, 2 ** 50],
    ],
  ])('that say %j and %j are refused', async (one, other) => {
    writeRankLog(folder, 0, two[1], blockLine(plan, 8, one));
    const path = writeRankLog(folder, 1, blockLine(plan, 8, other));
    const message =
      `${path}: counts for block 8 contradict those of an earlier line; ` +
      'the input changed unnoticed, or a disk is failing: count anew with another --log-dir';
    await expect(read()).rejects.toThrow(new ResumeError(message));
    await expect(read()).rejects.toBeInstanceOf(ResumeError);
  });

  test('are reported without control characters in the file name', async () => {
    const moved = `${folder}/\u001b]0;x\u0007\u009b31m`;
    writeRankLog(moved, 0, blockLine(plan, 8, [1, 1]), blockLine(plan, 8, [1, 2]));
    const reading = readJournal(Buffer.from(moved), plan);
    await expect(reading).rejects.toThrow(
      '/\\x1b]0;x\\x07\\xc2\\x9b31m/ranks/000/rank-000000.jsonl: counts for block 8',
    );
  });
});

describe('files in place of rank logs', { timeout: 20_000 }, () => {
  test.each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link to a log', (path: string) => symlinkSync(writeRankLog(folder, 1, ''), path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
    ['a link to nowhere', (path: string) => symlinkSync('nowhere', path)],
    ['a link to an endless device', (path: string) => symlinkSync('/dev/zero', path)],
    ['nothing', () => undefined],
  ])('are neither read nor waited for: %s', async (_name, make) => {
    make(rankLogPath(folder, 0));
    writeRankLog(folder, 2, ...two);
    expect(await read()).toEqual(ofTwo);
  });

  test('are not followed if they are links, also in place of a folder', async () => {
    const elsewhere = join(folder, 'elsewhere');
    writeRankLog(elsewhere, 0, ...two);
    mkdirSync(join(folder, 'ranks'));
    symlinkSync(join(elsewhere, 'ranks', '000'), join(folder, 'ranks', '000'));
    expect(await read()).toEqual(nothing);
  });

  test.each(['a file', 'a pipe', 'a link to itself'])('are refused in place of the folder ranks: %s', async (kind) => {
    const path = join(folder, 'ranks');
    if (kind === 'a file') writeFileSync(path, two.join(''));
    else if (kind === 'a pipe') execFileSync('mkfifo', [path]);
    else symlinkSync(path, path);
    if (kind === 'a link to itself') {
      await expect(read()).rejects.toThrow(new ResumeError(`${path}: cannot be read: too many symbolic links`));
    } else expect(await read()).toEqual(nothing);
  });

  test.each([
    'rank-000000.jsonl.bak',
    'rank-0.jsonl',
    'rank-000000.json',
    'xrank-000000.jsonl',
    'rank-000000.jsonl\n',
    'rank--00001.jsonl',
    '.rank-000000.jsonl.swp',
    '\u001b[31m',
  ])('are ignored if they are named %j', async (name) => {
    const path = writeRankLog(folder, 0, ...two);
    renameSync(path, join(dirname(path), name));
    expect(await read()).toEqual(nothing);
  });

  test('are ignored if their names are not UTF-8', async () => {
    const path = writeRankLog(folder, 0, ...two);
    writeFileSync(Buffer.concat([Buffer.from(`${dirname(path)}/`), Buffer.of(0xff, 0xfe)]), two.join(''));
    expect(await read()).toEqual(ofTwo);
  });
});
