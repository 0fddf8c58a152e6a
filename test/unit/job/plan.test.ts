import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { bytesToJson } from '../../../src/base/bytes.ts';
import { decodedFormats } from '../../../src/corpus/file-format.ts';
import { FileTable } from '../../../src/corpus/file-table.ts';
import { InputError } from '../../../src/corpus/input-error.ts';
import type { CorpusFile } from '../../../src/corpus/file-checks.ts';
import { makeGrid } from '../../../src/corpus/grid.ts';
import { decodePlan, encodePlan } from '../../../src/job/plan/plan-json.ts';
import { makePlan, type CountRequest, type Plan } from '../../../src/job/plan/plan.ts';
import { temporaryFolder } from '../../support/job.ts';
import { plainRequest } from '../../support/request.ts';
import { countSpec } from '../../support/spec.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((array) => Buffer.from(array));

describe('a plan as JSON', () => {
  const path = bytes.filter((path) => !path.includes('\0'));
  const modified = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  const inode = fc.option(fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), { nil: undefined });
  const plans: fc.Arbitrary<Plan> = fc
    .record({
      patterns: fc.array(
        bytes.filter((pattern) => !pattern.includes('\n')),
        { maxLength: 5 },
      ),
      options: fc.record({ ignoreCase: fc.boolean(), word: fc.boolean(), overlapping: fc.boolean() }),
      logDir: fc.option(path, { nil: undefined }),
      decompress: fc.boolean(),
      encoding: fc.constantFrom(undefined, 'CP1252', 'SHIFT_JIS'),
      files: fc
        .array(fc.record({ path, size: fc.nat(2 ** 40), modified, inode }), { maxLength: 5 })
        .map((files) => FileTable.from(files)),
      shares: fc.integer({ min: 1, max: 100_000 }),
    })
    .map(({ shares, patterns, options, ...rest }) => ({
      ...rest,
      spec: { kind: 'count' as const, patterns: byteStrings(patterns), options },
      grid: {
        ...makeGrid(rest.files.bytes, shares),
        ...(rest.encoding === 'SHIFT_JIS' && ({ keepsWhole: true } as const)),
      },
    }));
  const withSkipped = fc
    .tuple(plans, fc.infiniteStream(fc.boolean()), fc.string())
    .map(([plan, isSkipped, reason]): Plan => {
      const indices = Array.from(plan.files, (_, index) => index).filter(() => isSkipped.next().value);
      const skipped = indices.length > 0 && { skipped: new Map(indices.map((index) => [index, reason])) };
      return { ...plan, files: plan.files.skipping(indices), ...skipped };
    });
  const arrived = (plan: Plan) => decodePlan(JSON.parse([...encodePlan(plan)].join('')));

  test('survives a round trip with any bytes', () => {
    fc.assert(
      fc.property(withSkipped, (plan) => {
        expect(arrived(plan)).toEqual(plan);
      }),
      { numRuns: 500 },
    );
  });

  // So that an earlier version's plan keeps its identity.
  test('has no inode if that is unknown, and says nothing of decoding without it', () => {
    const file = { path: Buffer.from('x'), size: 1, modified: 2n };
    const plan = (files: CorpusFile[]): Plan => ({
      spec: countSpec([]),
      grid: { blockSize: 1, blocks: 1 },
      logDir: undefined,
      decompress: false,
      files: FileTable.from(files),
    });
    const before =
      '{"patterns":[],"options":{"ignoreCase":false,"word":false,"overlapping":false},"grid":{"blockSize":1,"blocks":1},"logDir":null,';
    expect([...encodePlan(plan([file]))].join('')).toBe(`${before}"files":[{"path":"x","size":1,"modified":"2"}]}`);
    expect([...encodePlan(plan([{ ...file, inode: 3n }]))].join('')).toBe(
      `${before}"files":[{"path":"x","size":1,"modified":"2","inode":"3"}]}`,
    );
  });

  // So that the plans of earlier versions keep their identities.
  test('has for each file what JSON.stringify() makes of it', () => {
    const name = fc.oneof(
      path,
      fc.stringMatching(/^[!-~ ]{1,20}$/).map((text) => Buffer.from(text)),
    );
    const size = fc.nat({ max: Number.MAX_SAFE_INTEGER });
    const format = fc.constantFrom(undefined, undefined, ...decodedFormats);
    const reason = fc.option(fc.string(), { nil: undefined, freq: 5 });
    const file = fc.record({ path: name, size, modified, inode, format, reason });
    fc.assert(
      fc.property(fc.array(file, { maxLength: 20 }), fc.constantFrom(0, 511, 512, 1030), (listed, plain) => {
        const others = Array.from({ length: plain }, (_, index) => ({
          path: Buffer.from(`a/${index}`),
          size: index,
          modified: -BigInt(index),
          inode: BigInt(index) + 1n,
          format: undefined,
          reason: undefined,
        }));
        const all = [...others, ...listed];
        const reasons = all.flatMap(({ reason }, index) => (reason === undefined ? [] : [[index, reason] as const]));
        const plan: Plan = {
          spec: countSpec([]),
          grid: makeGrid(1, 1, 1),
          logDir: undefined,
          decompress: true,
          files: FileTable.from(all),
          skipped: new Map(reasons),
        };
        const objects = all.map(({ path, size, modified, inode, format, reason }) => ({
          path: bytesToJson(path),
          size,
          modified: String(modified),
          inode: inode?.toString(),
          format,
          skipped: reason,
        }));
        const [, files = ''] = [...encodePlan(plan)].join('').split(/"files":(.*)/s);
        expect(files).toBe(`${JSON.stringify(objects)}}`);
      }),
      { numRuns: 200 },
    );
  });

  test('is generated in parts when it is long', () => {
    const file = { path: Buffer.from('x'.repeat(100)), size: 1, modified: 2n };
    const files = FileTable.from(Array<typeof file>(2000).fill(file));
    const plan: Plan = { spec: countSpec([]), grid: makeGrid(2000, 1, 1), logDir: undefined, decompress: true, files };
    expect([...encodePlan(plan)].length).toBeGreaterThan(3);
    expect(arrived(plan)).toEqual(plan);
  });
});

describe('making a plan', () => {
  const request = (files: string[], more: Partial<CountRequest> = {}): CountRequest => ({
    spec: countSpec(['love']),
    files: files.map((name) => Buffer.from(join(folder, name))),
    ...plainRequest,
    ...more,
  });
  const write = (name: string, size: number) => {
    writeFileSync(join(folder, name), 'x'.repeat(size));
  };

  test.each([
    ['static', 2, 1, undefined, { blockSize: 64, blocks: 1024 }],
    ['dynamic', 2, 1, undefined, { blockSize: 64, blocks: 1024 }],
    ['static', 64, 16, undefined, { blockSize: 64, blocks: 1024 }],
    ['dynamic', 64, 1, undefined, { blockSize: 16, blocks: 4096 }],
    ['dynamic', 16, 2, undefined, { blockSize: 32, blocks: 2048 }],
    ['dynamic', 6000, 1, undefined, { blockSize: 65536 / 6000, blocks: 6000 }],
    ['dynamic', 64, 1, 64, { blockSize: 64, blocks: 1024 }],
  ] as const)('has more blocks with a dynamic schedule: %s, %d ranks, %d threads', async (...row) => {
    const [schedule, ranks, threads, wanted, { blockSize, blocks }] = row;
    const mebi = 2 ** 20;
    write('hole', 0);
    truncateSync(join(folder, 'hole'), 65_536 * mebi);
    const blockSizeWanted = wanted === undefined ? undefined : wanted * mebi;
    const { plan } = await makePlan(request(['hole'], { schedule, threads, blockSize: blockSizeWanted }), ranks);
    expect(plan.grid).toEqual({ blockSize: Math.ceil(blockSize * mebi), blocks });
  });

  test('checks the files in order, as often as they are named', async () => {
    write('a', 100);
    write('b', 0);
    const files = ['b', 'a', 'b', 'a'].map((name) => {
      const path = join(folder, name);
      const { size, mtimeNs, ino } = statSync(path, { bigint: true });
      return { path: Buffer.from(path), size: Number(size), modified: mtimeNs, inode: ino };
    });
    expect((await makePlan(request(['b', 'a', 'b', 'a']), 4)).plan).toEqual({
      spec: countSpec(['love']),
      logDir: undefined,
      decompress: true,
      files: FileTable.from(files),
      grid: { blockSize: 50, blocks: 4 },
    });
  });

  test('keeps the options of the request', async () => {
    write('a', 100);
    const more = { blockSize: 30, logDir: Buffer.of(0xe9), spec: countSpec(['love'], { word: true }) };
    expect((await makePlan(request(['a'], more), 2)).plan).toMatchObject({
      grid: { blockSize: 30, blocks: 4 },
      logDir: Buffer.of(0xe9),
      spec: { options: { ignoreCase: false, word: true, overlapping: false } },
    });
  });

  test('creates at least one block per thread', async () => {
    write('a', 100);
    expect((await makePlan(request(['a'], { threads: 5 }), 2)).plan.grid).toEqual({ blockSize: 10, blocks: 10 });
  });

  test.each([
    ['CP1252', undefined],
    ['SHIFT_JIS', true],
  ] as const)('divides text in %s unless it must be decoded from its start', async (encoding, keepsWhole) => {
    write('a', 100);
    const { plan } = await makePlan(request(['a'], { encoding, blockSize: 30 }), 2);
    expect({ encoding: plan.encoding, format: plan.files.at(0).format, ...plan.grid }).toEqual({
      encoding,
      format: 'encoding',
      blockSize: 30,
      blocks: 4,
      keepsWhole,
    });
  });

  test('fails for the first file that cannot be counted', async () => {
    write('a', 100);
    mkdirSync(join(folder, 'd'));
    const making = makePlan(request(['a', 'missing', 'd']), 2);
    await expect(making).rejects.toThrow(InputError);
    await expect(making).rejects.toThrow(`${folder}/missing: no such file`);
  });
});
