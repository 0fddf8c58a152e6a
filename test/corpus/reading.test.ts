import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { describe, expect, test } from 'vitest';

import { isLocalFileSystem, Readings } from '../../src/corpus/reading.ts';

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
    expect(new Readings(io, false).of(path, bytes)).toEqual(reading);
    expect(new Readings(io, true).of(path, bytes)).toEqual({ ...reading, drop: true });
  });

  test.each([
    ['mapping is faster', 1, 2, mapped],
    ['reading is faster', 2, 1, read],
    ['nothing is known of either', 0, 0, mapped],
  ])('large parts of local files, in both ways, and then as %s', (_name, mapSeconds, readSeconds, fastest) => {
    const readings = new Readings('auto', false);
    const next = () => {
      const reading = readings.of(file, 10 * mebibyte);
      const seconds = reading.chunk === undefined ? mapSeconds : readSeconds;
      if (seconds > 0) readings.took(reading, 10 * mebibyte, seconds);
      return reading;
    };
    expect(Array.from({ length: 6 }, next)).toEqual([mapped, read, mapped, read, mapped, read]);
    expect(Array.from({ length: 4 }, next)).toEqual([fastest, fastest, fastest, fastest]);
  });

  test('what becomes slower is left again', () => {
    const readings = new Readings('auto', false);
    for (let turn = 0; turn < 6; turn += 1) {
      const reading = readings.of(file, 10 * mebibyte);
      readings.took(reading, 10 * mebibyte, reading.chunk === undefined ? 1 : 2);
    }
    const reading = readings.of(file, 10 * mebibyte);
    expect(reading).toEqual(mapped);
    readings.took(reading, 10 * mebibyte, 100);
    expect(readings.of(file, 10 * mebibyte)).toEqual(read);
  });
});
