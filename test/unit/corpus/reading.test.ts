import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { describe, expect, test } from 'vitest';

import { isLocalFileSystem, IoTuner } from '../../../src/corpus/io-method.ts';

const mebibyte = 2 ** 20;
const mapped = { chunk: undefined, drop: false };
const read = { chunk: 128 * 1024, drop: false };
const readFar = { chunk: 4 * mebibyte, drop: false };
const file = Buffer.from(tmpdir()); // any that is there
const nowhere = Buffer.from('/nowhere/at/all');

test.each([
  ['ext4', 0xef53, true],
  ['tmpfs', 0x01021994, true],
  ['NFS', 0x6969, false],
  ['Lustre', 0x0bd00bd0, false],
  ['one that is not known', 1, false],
])('whether %s is local', (_name, type, isLocal) => {
  expect(isLocalFileSystem(type)).toBe(isLocal);
});

// What follows needs a local folder, as the folder for temporary files is.
test('temporary files are local', () => {
  expect(isLocalFileSystem(statfsSync(tmpdir()).type)).toBe(true);
});

describe('how to read', () => {
  test.each([
    ['mmap', file, 10 * mebibyte, mapped],
    ['mmap', file, 1, mapped],
    ['mmap', nowhere, 10 * mebibyte, mapped],
    ['read', file, 10 * mebibyte, read],
    ['read', nowhere, 10 * mebibyte, readFar],
    ['auto', file, 1000, read],
    ['auto', nowhere, 10 * mebibyte, readFar],
    ['auto', nowhere, 1000, read],
  ] as const)('%s, %s, %d bytes', (io, path, bytes, reading) => {
    expect(new IoTuner(io, false).methodFor(path, bytes)).toEqual(reading);
    expect(new IoTuner(io, true).methodFor(path, bytes)).toEqual({ ...reading, drop: true });
  });

  /** How large parts are read, one after the other, if they take so many seconds when mapped or read. */
  const ways = (tuner: IoTuner, times: number, mapSeconds: number, readSeconds: number) =>
    Array.from({ length: times }, () => {
      const reading = tuner.methodFor(file, 10 * mebibyte);
      tuner.record(reading, 10 * mebibyte, reading.chunk === undefined ? mapSeconds : readSeconds);
      return reading;
    });

  test.each([
    ['mapping is faster', 0.001, 0.002, mapped],
    ['reading is faster', 0.002, 0.001, read],
    ['both are the same', 0.001, 0.001, read],
  ])('large parts of local files, in both ways, and then as %s', (_name, mapSeconds, readSeconds, fastest) => {
    const tuner = new IoTuner('auto', false);
    expect(ways(tuner, 6, mapSeconds, readSeconds)).toEqual([read, mapped, read, mapped, read, mapped]);
    expect(ways(tuner, 4, mapSeconds, readSeconds)).toEqual([fastest, fastest, fastest, fastest]);
  });

  test('a method that becomes slower is abandoned', () => {
    const tuner = new IoTuner('auto', false);
    ways(tuner, 6, 0.001, 0.002);
    expect(ways(tuner, 30, 0.009, 0.002).at(-1)).toEqual(read);
  });

  test('data from a disk is read until it comes from the page cache', () => {
    const tuner = new IoTuner('auto', false);
    expect(ways(tuner, 3, 0.1, 0.1)).toEqual([read, read, read]);
    expect(ways(tuner, 8, 0.001, 0.002)).toEqual([read, mapped, read, mapped, read, mapped, mapped, mapped]);
    expect(ways(tuner, 3, 0.1, 0.1)).toEqual([mapped, read, read]);
  });
});
