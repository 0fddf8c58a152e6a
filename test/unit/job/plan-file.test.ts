import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { FileTable } from '../../../src/corpus/file-table.ts';
import { makeGrid } from '../../../src/corpus/grid.ts';
import { LogInUseError, ResumeError } from '../../../src/job/journal/errors.ts';
import { OutputError } from '../../../src/job/durable/output-error.ts';
import { requireSamePlan, identityOf, logInUse, readPlan, createPlan } from '../../../src/job/plan/plan-file.ts';
import { encodePlan } from '../../../src/job/plan/plan-json.ts';
import { logLevels, type Plan, type WalkedFolders } from '../../../src/job/plan/plan.ts';
import type { RecordSpec } from '../../../src/tally/record-unit.ts';
import { program, run, temporaryFolder } from '../../support/job.ts';
import { forgedPlan, samplePlan, type PlanParts } from '../../support/log-folder.ts';
import { countSpec } from '../../support/spec.ts';

const plan = samplePlan();
let folder: string;
let path: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = join(folder, 'plan.json');
});
afterEach(() => {
  remove();
});
const words = ['love', 'hate'];
const read = () => readPlan(Buffer.from(folder));
const found = { plan, level: 'blocks' } as const;

/** A folder with the one file of the sample. */
function inFolder(path: string, globs: Partial<WalkedFolders> = {}): WalkedFolders {
  return { include: [], exclude: [], ...globs, folders: [{ path: Buffer.from(path), first: 0, files: 1 }] };
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((array) => Buffer.from(array));
const plans: fc.Arbitrary<Plan> = fc
  .record({
    patterns: fc.array(
      bytes.filter((pattern) => !pattern.includes('\n')),
      { minLength: 1, maxLength: 5 },
    ),
    options: fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() }),
    records: fc.constantFrom<RecordSpec[]>(
      {},
      { records: 'line' },
      { records: 'file' },
      { records: 'jsonl:a.é' },
      { records: 'jsonl:a', skipInvalid: true },
    ),
    files: fc.array(
      fc.record({
        path: bytes.filter((path) => !path.includes('\0')),
        size: fc.nat(2 ** 40),
        modified: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        inode: fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), { nil: undefined }),
      }),
      { maxLength: 4 },
    ),
    decompress: fc.boolean(),
    walked: fc.option(
      fc.record({
        include: fc.array(bytes, { maxLength: 2 }),
        exclude: fc.array(bytes, { maxLength: 2 }),
        folders: fc.array(
          bytes.filter((path) => !path.includes('\0')),
          { minLength: 1, maxLength: 3 },
        ),
      }),
      { nil: undefined },
    ),
    shares: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ shares, patterns, options, records, decompress, ...rest }) => {
    const files = FileTable.from(rest.files);
    const spec = { kind: 'count' as const, patterns: byteStrings(patterns), options, ...records };
    const walked = rest.walked && {
      ...rest.walked,
      // All files are below the last folder.
      folders: rest.walked.folders.map((path, index, { length }) => ({
        path,
        first: 0,
        files: index + 1 < length ? 0 : files.length,
      })),
    };
    const grid = { ...makeGrid(files.bytes, shares), ...(records.records === 'file' && { wholeFiles: true as const }) };
    return { spec, files, decompress, logDir: undefined, grid, walked };
  });

describe('the plan of a log folder', () => {
  test('is read as it was written, whatever bytes are in it', () => {
    fc.assert(
      fc.property(plans, fc.constantFrom(...logLevels), (any, level) => {
        rmSync(path, { force: true });
        createPlan(Buffer.from(folder), any, level);
        expect(read()).toEqual({ plan: any, level });
      }),
      { numRuns: 30 },
    );
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  test('is one line of JSON: a format, an identity, and the plan', () => {
    createPlan(Buffer.from(folder), plan);
    const text = readFileSync(path, 'utf8');
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(JSON.parse(text)).toMatchObject({
      format: 1,
      log: 'blocks',
      identity: identityOf(plan),
      plan: { logDir: null },
    });
    expect(identityOf(plan)).toMatch(/^[0-9a-f]{64}$/);
  });

  test('stays valid when its folder is moved', () => {
    const logDir = join(folder, 'a', 'b');
    mkdirSync(logDir, { recursive: true });
    createPlan(Buffer.from(logDir), { ...plan, logDir: Buffer.from(logDir) });
    renameSync(join(folder, 'a'), join(folder, 'c'));
    expect(readPlan(Buffer.from(join(folder, 'c', 'b')))).toEqual(found);
    expect(identityOf({ ...plan, logDir: Buffer.from(logDir) })).toBe(identityOf(plan));
  });

  test.each(logLevels)('is never overwritten (--log %s)', (level) => {
    createPlan(Buffer.from(folder), plan);
    const before = readFileSync(path);
    expect(createPlan(Buffer.from(folder), samplePlan({ spec: countSpec(['x']) }), level)).toBeUndefined();
    expect(readFileSync(path)).toEqual(before);
    expect(readdirSync(folder)).toEqual(['plan.json']);
  });

  test('is refused if files were decoded in another way', () => {
    createPlan(Buffer.from(folder), plan);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('"decompress":2', '"decompress":1'));
    expect(read).toThrow(
      `${path}: was begun with version 1 of the decoding of files, not 2; use the mpicount that wrote it`,
    );
  });

  test('is undefined when there is none', () => {
    expect(read()).toBeUndefined();
    expect(readPlan(Buffer.from(join(folder, 'none')))).toBeUndefined();
    writeFileSync(join(folder, 'file'), '');
    expect(readPlan(Buffer.from(join(folder, 'file')))).toBeUndefined();
  });

  test('results in an OutputError when it cannot be written', () => {
    writeFileSync(join(folder, 'file'), '');
    const write = () => {
      createPlan(Buffer.from(join(folder, 'file')), plan);
    };
    expect(write).toThrow(OutputError);
    expect(write).toThrow(`cannot write ${folder}/file/plan.json: a part of the path is not a folder`);
  });

  test.each<[string, PlanParts]>([
    ['patterns', { spec: countSpec(['love']) }],
    ['order of patterns', { spec: countSpec(['hate', 'love']) }],
    ['option', { spec: countSpec(words, { word: true }) }],
    ['block size', { grid: { blockSize: 200, blocks: 5 } }],
    ['file', { files: [{ ...plan.files.at(0), path: Buffer.from('/texts/Book') }] }],
    ['size', { files: [{ ...plan.files.at(0), size: 994 }] }],
    ['time', { files: [{ ...plan.files.at(0), modified: 1_700_000_000_123_456_788n }] }],
    ['inode', { files: [{ ...plan.files.at(0), inode: 1n }] }],
    ['folder', { walked: inFolder('/texts') }],
    ['encoding', { encoding: 'CP1252' }],
    ['way of keeping files whole', { grid: { blockSize: 100, blocks: 10, keepsWhole: true } }],
  ])('has another identity with another %s', (_name, more) => {
    expect(identityOf(samplePlan(more))).not.toBe(identityOf(plan));
  });
});

describe('a damaged plan', () => {
  const damaged = () => new ResumeError(`${path}: damaged; start anew with another --log-dir`);
  const expectDamaged = () => {
    expect(read).toThrow(ResumeError);
    expect(read).toThrow(damaged());
  };

  test('is refused when it is truncated anywhere', () => {
    createPlan(Buffer.from(folder), plan);
    const { length } = readFileSync(path);
    for (let left = length - 2; left >= 0; left -= 1) {
      truncateSync(path, left);
      expectDamaged();
    }
  });

  test('is refused with any flipped bit that changes its meaning', () => {
    createPlan(Buffer.from(folder), plan);
    const good = readFileSync(path);
    let refused = 0;
    // Bytes are replaced in place: ext4 flushes a file that is truncated and written again.
    const file = openSync(path, 'r+');
    onTestFinished(() => {
      closeSync(file);
    });
    const replace = (at: number, byte: number) => writeSync(file, Uint8Array.of(byte), 0, 1, at);
    for (let bit = 0; bit < good.length * 8; bit += 1) {
      const [at, byte] = [bit >> 3, good[bit >> 3]!];
      replace(at, byte ^ (1 << (bit & 7)));
      try {
        expect(read(), `bit ${bit}`).toEqual(found);
      } catch (error) {
        if (!(error instanceof ResumeError)) throw error;
        refused += 1;
      }
      replace(at, byte);
    }
    expect(readFileSync(path)).toEqual(good);
    expect(refused).toBeGreaterThan(good.length * 8 - 10); // white space behind it may change
  });

  test.each(['', '\0'.repeat(1000), 'null', '[]', '{}', '1', '"', '\ufeff{}', '['.repeat(100_000), '{"format":1}'])(
    'is refused: %j',
    (text) => {
      writeFileSync(path, text);
      expect(read).toThrow(ResumeError);
    },
  );

  test('is refused when it has another format', () => {
    createPlan(Buffer.from(folder), plan);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"format":1', '"format":3'));
    expect(read).toThrow(ResumeError);
    expect(read).toThrow(`${path}: has format 3, not 1 or 2`);
  });

  const json = JSON.parse([...encodePlan(plan)].join('')) as Record<string, unknown>;
  const file = (json['files'] as object[])[0]!;
  test.each<[string, Record<string, unknown>]>([
    ['a negative size', { files: [{ ...file, size: -995 }] }],
    ['half a size', { files: [{ ...file, size: 994.5 }] }],
    ['a size beyond exact numbers', { files: [{ ...file, size: 2 ** 53 }] }],
    ['an absurd size', { files: [{ ...file, size: 1e300 }] }],
    ['a size that is a text', { files: [{ ...file, size: '995' }] }],
    ['a size that is null', { files: [{ ...file, size: null }] }],
    [
      'sizes that cancel out',
      {
        files: [
          { ...file, size: 1995 },
          { ...file, size: -1000 },
        ],
      },
    ],
    ['sizes that are too much together', { files: [1, 2].map(() => ({ ...file, size: 2 ** 53 - 1 })) }],
    ['files that are none', { files: [] }],
    ['files that are no list', { files: { length: 1 } }],
    ['a file that is null', { files: [null] }],
    ['a path that is a number', { files: [{ ...file, path: 7 }] }],
    ['a path that is a number in base64', { files: [{ ...file, path: { base64: 7 } }] }],
    ['an inode that is none', { files: [{ ...file, inode: 'many' }] }],
    ['an inode of 0', { files: [{ ...file, inode: '0' }] }],
    ['a negative inode', { files: [{ ...file, inode: '-1' }] }],
    ['an inode that is a number', { files: [{ ...file, inode: 1 }] }],
    ['an inode that is null', { files: [{ ...file, inode: null }] }],
    ['an inode beyond 64 bits', { files: [{ ...file, inode: '18446744073709551616' }] }],
    ['an inode of ten million digits', { files: [{ ...file, inode: '9'.repeat(1e7) }] }],
    ['a time that is none', { files: [{ ...file, modified: 'noon' }] }],
    ['an encoding with options', { encoding: 'CP1252//IGNORE' }],
    ['an encoding that is a number', { encoding: 1252 }],
    ['a grid that keeps some files whole', { grid: { blockSize: 100, blocks: 10, keepsWhole: false } }],
    ['more blocks than there are', { grid: { blockSize: 100, blocks: 11 } }],
    ['fewer blocks than there are', { grid: { blockSize: 100, blocks: 9 } }],
    ['half a block', { grid: { blockSize: 100, blocks: 9.95 } }],
    ['a block size of 0', { grid: { blockSize: 0, blocks: 10 } }],
    ['a negative block size', { grid: { blockSize: -100, blocks: -9 } }],
    ['half a block size', { grid: { blockSize: 99.5, blocks: 10 } }],
    ['a block size that is a text', { grid: { blockSize: '100', blocks: 10 } }],
    ['no grid', { grid: null }],
    ['more blocks than memory', { files: [{ ...file, size: 2 ** 52 }], grid: { blockSize: 1, blocks: 2 ** 52 } }],
    ['patterns that are no list', { patterns: 'love' }],
    ['a pattern that is a number', { patterns: [7] }],
    ['a pattern that is null', { patterns: [null] }],
    ['a pattern of huge length', { patterns: [{ base64: { length: 2 ** 40 } }] }],
    ['a pattern of a length that fits into memory', { patterns: [{ base64: { length: 4_000_000_000 } }] }],
    ['a pattern that is a list of bytes', { patterns: [{ base64: [108, 111] }] }],
    ['a pattern that is a Buffer in JSON', { patterns: [{ base64: { type: 'Buffer', data: [108] } }] }],
    ['a pattern in no base64', { patterns: [{ base64: 'lo ve' }] }],
    ['a pattern in base64 that is cut', { patterns: [{ base64: '6Q' }] }],
    ['an empty pattern', { patterns: [''] }],
    ['an empty pattern in base64', { patterns: [{ base64: '' }] }],
    ['a pattern with a newline', { patterns: ['lo\nve'] }],
    ['patterns that are too deep', { patterns: [[[[['love']]]]] }],
    ['patterns that say their length', { patterns: { length: 2 } }],
    ['files that are null', { files: null }],
    ['a file that is a list', { files: [[file]] }],
    ['a file without a path', { files: [{ ...file, path: undefined }] }],
    ['an empty path', { files: [{ ...file, path: '' }] }],
    ['a path with a zero byte', { files: [{ ...file, path: '/texts/\0book' }] }],
    ['a path that is null', { files: [{ ...file, path: null }] }],
    ['a size that is true', { files: [{ ...file, size: true }] }],
    ['a size in a list', { files: [{ ...file, size: [995] }] }],
    ['a time that is a number', { files: [{ ...file, modified: 1 }] }],
    ['a time beyond 64 bits', { files: [{ ...file, modified: '9223372036854775808' }] }],
    ['a time before 64 bits', { files: [{ ...file, modified: '-9223372036854775809' }] }],
    ['a time of ten million digits', { files: [{ ...file, modified: '9'.repeat(1e7) }] }],
    ['a time in hexadecimal digits', { files: [{ ...file, modified: '0x10' }] }],
    ['an empty time', { files: [{ ...file, modified: '' }] }],
    ['a grid that is a list', { grid: [100, 10] }],
    ['blocks that are a text', { grid: { blockSize: 100, blocks: '10' } }],
    ['a log folder that is a number', { logDir: 7 }],
    ['an empty log folder', { logDir: '' }],
    ['a log folder of huge length', { logDir: { base64: { length: 4_000_000_000 } } }],
    ['a list of options', { options: [false, false, false] }],
    ['an option that is 0', { options: { ignoreCase: false, word: 0, overlapping: false } }],
    ['options that are null', { options: null }],
    ['records that are none', { records: 'page' }],
    ['records that are null', { records: null }],
    ['files as records, but cut', { records: 'file' }],
    ['whole files without need', { grid: { blockSize: 100, blocks: 10, wholeFiles: true } }],
    ['a field without a name', { records: 'jsonl:a.' }],
    ['a flag that is none', { records: 'jsonl:a', skipInvalid: 1 }],
    ['options that are missing', { options: {} }],
    ['folders that are none', { walked: [] }],
    ['folders without globs', { walked: { folders: [] } }],
    ['a folder without a path', { walked: { include: [], exclude: [], folders: [{ first: 0, files: 1 }] } }],
    ['a folder of more files', { walked: { include: [], exclude: [], folders: [{ path: 'x', first: 0, files: 2 }] } }],
    ['a folder of other files', { walked: { include: [], exclude: [], folders: [{ path: 'x', first: 1, files: 1 }] } }],
    [
      'two folders of the same file',
      { walked: { include: [], exclude: [], folders: Array(2).fill({ path: 'x', first: 0, files: 1 }) } },
    ],
    ['a glob that is a number', { walked: { include: [1], exclude: [], folders: [] } }],
    ['an option that is a text', { options: { ignoreCase: 'no', word: false, overlapping: false } }],
  ])('with %s is refused, though its identity fits', (_name, more) => {
    writeFileSync(path, forgedPlan(JSON.stringify({ ...json, ...more })));
    expectDamaged();
  });

  const text = JSON.stringify(json);
  test.each<[string, string]>([
    ['a size of 1e999', text.replace('995', '1e999')],
    ['a size of -0.0000001', text.replace('995', '-0.0000001')],
    ['a size of NaN', text.replace('995', 'NaN')],
    ['a size that is given twice', text.replace('"size":995', '"size":995,"size":996')],
    ['files that are given twice', text.replace('"files":', '"files":[],"files":[],"other":')],
    ['a prototype for its options', text.replace(/"options":\{[^}]*\}/, '"options":{"__proto__":{"word":true}}')],
    ['a prototype for itself', `{"__proto__":${text}}`],
    ['nesting of a million lists', text.replace('"love"', `${'['.repeat(1e6)}${']'.repeat(1e6)}`)],
    ['nesting of a million objects', text.replace('"love"', `${'{"x":'.repeat(1e6)}1${'}'.repeat(1e6)}`)],
    ['twenty million lists', text.replace('"love"', `${'[],'.repeat(2e7)}[]`)],
  ])('with %s is refused, though its identity fits', { timeout: 120_000 }, (_name, hostile) => {
    expect(hostile).not.toBe(text);
    writeFileSync(path, forgedPlan(hostile));
    const before = process.memoryUsage().rss;
    expectDamaged();
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 30);
  });

  test('is accepted when it is forged with a matching identity', () => {
    writeFileSync(path, forgedPlan(text));
    expect(read()).toEqual(found);
    // As JSON.parse() does, the last one of two fields is taken, which is what the identity is of.
    writeFileSync(path, forgedPlan(text.replace('"size":995', '"size":-1,"size":995'), identityOf(plan)));
    expect(read()).toEqual(found);
    writeFileSync(path, forgedPlan(text.replace('{', '{"__proto__":{"patterns":7},'), identityOf(plan)));
    expect(read()).toEqual(found);
  });

  test.each(['1e999', '"1"', '[1]', '-1', '1.5', 'null', '{"toString":1}', '{"__proto__":1}'])(
    'is refused with the format %s',
    (format) => {
      writeFileSync(path, forgedPlan(text).replace('"format":1', `"format":${format}`));
      expectDamaged();
    },
  );

  test.each(['7', 'null', '["x"]', '{"length":64}'])('is refused with the identity %s', (identity) => {
    writeFileSync(path, forgedPlan(text).replace(/"identity":"\w+"/, `"identity":${identity}`));
    expectDamaged();
  });

  test.each(['all', '', null, 7, ['blocks'], 'length', undefined])('is refused with --log %j', (log) => {
    writeFileSync(path, JSON.stringify({ format: 1, log, identity: identityOf(plan), plan: json }));
    expectDamaged();
  });

  test('is accepted with additional fields', () => {
    const beside = { ...json, logDir: '/etc', more: 1 };
    const more = { format: 1, log: 'off', identity: identityOf(plan), plan: beside, more: 1 };
    writeFileSync(path, JSON.stringify(more));
    expect(read()).toEqual({ plan: { ...plan, logDir: Buffer.from('/etc') }, level: 'off' });
  });
});

describe('a file in place of a plan', { timeout: 20_000 }, () => {
  test.each<[string, (path: string) => unknown, string]>([
    ['a folder', (at) => mkdirSync(at), 'not a plain file'],
    ['a pipe', (at) => execFileSync('mkfifo', [at]), 'not a plain file'],
    ['a link to an endless device', (at) => symlinkSync('/dev/zero', at), 'not a plain file'],
    ['a link to itself', (at) => symlinkSync(at, at), 'too many symbolic links'],
    [
      'a link to nothing',
      (at) => symlinkSync(`${at}2`, at),
      'it is a symbolic link to nothing; remove it, or give another --log-dir',
    ],
    [
      'a huge file',
      (at) => {
        writeFileSync(at, '');
        truncateSync(at, 2 ** 40);
      },
      'too large (1099511627776 bytes)',
    ],
  ])('is refused without waiting: %s', async (_name, make, reason) => {
    make(path);
    // In a process of its own, that can be ended.
    const command = [process.execPath, program, 'status', folder];
    const outcome = await run(command, { timeoutSeconds: 5 });
    expect(outcome.stderr).toBe(`mpicount: ${path}: cannot be read: ${reason}\n`);
    expect(outcome.stdout.toString()).toBe('');
    expect(outcome.status).toBe(3);
  });

  test('may be a link to a plan', () => {
    mkdirSync(join(folder, 'real'));
    createPlan(Buffer.from(join(folder, 'real')), plan);
    symlinkSync('real/plan.json', path);
    expect(read()).toEqual(found);
  });
});

test.each([
  ['blocks', 'go on with it: --resume; '],
  ['summary', ''], // has nothing to go on with
  ['off', ''],
] as const)('the error for a log folder in use names all remedies (--log %s)', (level, goOn) => {
  const error = logInUse(Buffer.from('/logs/\u001b[31m'), level);
  expect(error).toBeInstanceOf(LogInUseError);
  expect(error.message).toBe(
    `/logs/\\x1b[31m holds the log of an earlier count; ${goOn}count anew: another --log-dir, or remove this one first`,
  );
});

describe('a count that is resumed', () => {
  const file = plan.files.at(0);
  const other = { path: Buffer.from('/texts/other'), size: 5, modified: 7n };
  const two = samplePlan({ files: [file, other], grid: { blockSize: 100, blocks: 10 } });

  test('is the same when nothing differs', () => {
    expect(() => {
      requireSamePlan(plan, samplePlan(), false);
      requireSamePlan(plan, samplePlan({ logDir: Buffer.from('/elsewhere') }), false);
    }).not.toThrow();
  });

  test.each<[Plan, PlanParts, string]>([
    [plan, { spec: countSpec(words, { ignoreCase: true }) }, 'it was begun without --ignore-case'],
    [plan, { spec: countSpec(words, { word: true }) }, 'it was begun without --word'],
    [plan, { spec: countSpec(words, { overlapping: true }) }, 'it was begun without --overlapping'],
    [
      samplePlan({ spec: countSpec(words, { ignoreCase: true, word: true, overlapping: true }) }),
      { spec: countSpec(words, { ignoreCase: false, word: true, overlapping: true }) },
      'it was begun with --ignore-case',
    ],
    [samplePlan({ spec: countSpec(words, { word: true }) }), { spec: countSpec(words) }, 'it was begun with --word'],
    [
      samplePlan({ spec: countSpec(words, { overlapping: true }) }),
      { spec: countSpec(words) },
      'it was begun with --overlapping',
    ],
    [plan, { spec: { ...countSpec(words), records: 'line' } }, 'it was begun without --records'],
    [
      samplePlan({ spec: { ...countSpec(words), records: 'line' } }),
      { spec: countSpec(words) },
      'it was begun with --records line',
    ],
    [
      samplePlan({ spec: { ...countSpec(words), records: 'line' } }),
      { spec: { ...countSpec(words), records: 'file' } },
      'it was begun with --records line, not --records file',
    ],
    [plan, { spec: countSpec(['love']) }, 'it was begun with 2 patterns, not 1'],
    [plan, { spec: countSpec(['love', 'hate', 'hope']) }, 'it was begun with 2 patterns, not 3'],
    [plan, { spec: countSpec(['love', 'Hate']) }, "pattern 2 was 'hate', not 'Hate'"],
    [plan, { spec: countSpec(['hate', 'love']) }, "pattern 1 was 'love', not 'hate'"],
    [
      plan,
      { spec: countSpec(['love', Buffer.from('\u001b[2J\xff', 'latin1')]) },
      "pattern 2 was 'hate', not '\\x1b[2J\\xff'",
    ],
    [plan, { files: [] }, 'it was begun with 1 files, not 0'],
    [plan, { files: two.files }, 'it was begun with 1 files, not 2'],
    [two, { files: [other, file] }, 'file 1 was /texts/book, not /texts/other'],
    [two, { files: [file, { ...other, path: Buffer.from('/texts/\n') }] }, 'file 2 was /texts/other, not /texts/\\x0a'],
    [two, { files: [file, { ...other, size: 4 }] }, '/texts/other had 5 bytes and now has 4'],
    [two, { files: [file, { ...other, modified: 8n }] }, '/texts/other was written to since'],
    [two, { files: [file, { ...other, size: 4, modified: 8n }] }, '/texts/other had 5 bytes and now has 4'],
    [plan, { grid: { blockSize: 200, blocks: 5 } }, 'it was begun with blocks of 100 bytes, not 200'],
    [plan, { encoding: 'CP1252' }, 'it was begun without --encoding, not with --encoding CP1252'],
    [
      samplePlan({ encoding: 'CP1252' }),
      { encoding: undefined },
      'it was begun with --encoding CP1252, not without --encoding',
    ],
    [
      samplePlan({ encoding: 'CP1252' }),
      { encoding: 'latin1' },
      'it was begun with --encoding CP1252, not with --encoding latin1',
    ],
    [plan, { walked: inFolder('/texts') }, 'it was begun with 0 folders, not 1'],
    [samplePlan({ walked: inFolder('/texts') }), { walked: undefined }, 'it was begun with 1 folder, not 0'],
    [samplePlan({ walked: inFolder('/texts') }), { walked: inFolder('/t'), files: [] }, 'folder 1 was /texts, not /t'],
    [
      samplePlan({ walked: inFolder('/texts', { include: [Buffer.from('*.txt')] }) }),
      { walked: inFolder('/texts', { include: [Buffer.from('*')] }) },
      '--include 1 was *.txt, not *',
    ],
    [
      samplePlan({ walked: inFolder('/texts') }),
      { walked: inFolder('/texts', { exclude: [Buffer.from('*'), Buffer.from('x')] }) },
      'it was begun with 0 --exclude, not 2',
    ],
  ])('is refused when something differs (%#)', (earlier, more, difference) => {
    for (const allowGrowth of [false, true]) {
      const confirm = () => {
        requireSamePlan(
          earlier,
          { ...earlier, ...more, files: FileTable.from(more.files ?? earlier.files) },
          allowGrowth,
        );
      };
      expect(confirm).toThrow(ResumeError);
      expect(confirm).toThrow(
        new ResumeError(`cannot resume: ${difference}; give the same as before, or count anew with another --log-dir`),
      );
    }
  });

  test.each([{ size: 6 }, { size: 6, modified: 8n }, { size: 2 ** 40, inode: 1n }])(
    'may have files that grew only with --allow-growth: %o',
    (change) => {
      const now = { ...two, files: FileTable.from([file, { ...other, ...change }]) };
      const says =
        `cannot resume: /texts/other had 5 bytes and now has ${change.size}; if it only grew, ` +
        'resume with --allow-growth, or count anew with another --log-dir';
      expect(() => {
        requireSamePlan(two, now, false);
      }).toThrow(new ResumeError(says));
      requireSamePlan(two, now, true);
    },
  );
});
