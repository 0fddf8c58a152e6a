import { readFileSync, writeFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { OutputError } from '../../../src/job/durable/output-error.ts';
import { resultJson as partsOf, writeResult, type Result } from '../../../src/job/result.ts';
import { temporaryFolder } from '../../support/job.ts';
import { countSpec, countTotals } from '../../support/spec.ts';

// Other test files of this process have loaded the program, and others will.
vi.hoisted(() => vi.resetModules());
afterAll(() => vi.resetModules());
const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeFileSync: typeof fs.writeFileSync = (...args) => {
    if (disk.isFull) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    fs.writeFileSync(...args);
  };
  return { ...fs, writeFileSync };
});

let folder: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  disk.isFull = false;
});
afterEach(() => {
  remove();
});

const resultJson = (result: Result) => Buffer.concat([...partsOf(result)]).toString();

const result: Result = {
  spec: countSpec(['любовь "\\', Buffer.of(0xe9, 0x00), 'a', 'b'], { ignoreCase: true, overlapping: true }),
  input: { files: [], streams: [], bytes: 0 },
  files: 3,
  bytes: 2 ** 40 + 3,
  ranks: 512,
  schedule: 'dynamic',
  seconds: 1.25,
  totals: countTotals(0n, 2n ** 53n + 1n, 2n ** 64n - 1n, 677n),
  notes: [],
};
const json =
  '{"patterns":[{"pattern":"любовь \\"\\\\","count":0},{"pattern":{"base64":"6QA="},"count":9007199254740993},' +
  '{"pattern":"a","count":18446744073709551615},{"pattern":"b","count":677}],' +
  '"files":3,"bytes":1099511627779,"ranks":512,"schedule":"dynamic","complete":true,' +
  '"ignoreCase":true,"word":false,"overlapping":true,"seconds":1.25}\n';

test('the totals in JSON are exact, and patterns keep all their bytes', () => {
  expect(resultJson(result)).toBe(json);
});

test('the records that contain each pattern are in JSON, and the number of all', () => {
  const spec = { ...countSpec(['a', 'b']), records: 'line' as const };
  expect(JSON.parse(resultJson({ ...result, spec, totals: countTotals(5n, 0n, 3n, 0n, 7n) }))).toMatchObject({
    patterns: [
      { pattern: 'a', count: 5, records: 3 },
      { pattern: 'b', count: 0, records: 0 },
    ],
    records: 7,
    recordUnit: 'line',
  });
});

test('empty files are records, unless they are skipped', () => {
  const spec = { ...countSpec(['a']), records: 'file' as const };
  const file = { path: Buffer.from('x'), modified: 0n };
  const files = [
    { ...file, size: 0 },
    { ...file, size: 9 },
    { ...file, size: 0, isSkipped: true },
  ];
  const input = { files, streams: [], bytes: 9 };
  expect(JSON.parse(resultJson({ ...result, spec, input, totals: countTotals(5n, 1n, 1n) }))).toMatchObject({
    patterns: [{ pattern: 'a', count: 5, records: 1 }],
    records: 2,
    recordUnit: 'file',
  });
});

test('skipped files are in JSON with their reasons, and the totals are then not complete', () => {
  const first = [{ path: Buffer.of(0xe9), reason: 'no such file' }];
  expect(JSON.parse(resultJson({ ...result, skipped: { files: 2, bytes: 7, first } }))).toMatchObject({
    complete: false,
    skipped: { files: 2, bytes: 7, first: [{ file: { base64: '6Q==' }, reason: 'no such file' }] },
  });
});

describe('result.json', () => {
  test('is written atomically and replaces an older one', () => {
    writeFileSync(join(folder, 'result.json'), 'x'.repeat(10_000));
    writeResult(Buffer.from(folder), result);
    expect(readFileSync(join(folder, 'result.json'), 'utf8')).toBe(json);
    expect(readdirSync(folder)).toEqual(['result.json']);
  });

  test('is missing when the disk is full', () => {
    disk.isFull = true;
    const write = () => {
      writeResult(Buffer.from(folder), result);
    };
    expect(write).toThrow(OutputError);
    expect(write).toThrow(`cannot write ${folder}/result.json: the disk is full`);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('cannot be written without its folder', () => {
    const missing = Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.of(0xe9)]);
    const write = () => {
      writeResult(missing, result);
    };
    expect(write).toThrow(OutputError);
    expect(write).toThrow(`cannot write ${folder}/caf\\xe9/result.json: there can be no such folder`);
  });
});
