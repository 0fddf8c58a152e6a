import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { OutputError } from '../../../src/job/durable/output-error.ts';
import { hasOutcome, readOutcome, writeOutcome } from '../../../src/launch/outcome.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

let files = 0;
function file(content?: string): Buffer {
  const path = join(folder, `outcome-${files++}`);
  if (content !== undefined) writeFileSync(path, content);
  return Buffer.from(path);
}
const totals = { status: 0, output: Buffer.from('3\tlove\n1\tnew\nline \xff\n', 'latin1') };
const failure = { status: 3, output: Buffer.of() };

describe('the outcome file', () => {
  test('is read as it was written, and no temporary file remains', () => {
    const path = file();
    writeOutcome(path, totals);
    expect(readOutcome(path)).toEqual(totals);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('is written in parts', () => {
    const path = file();
    writeOutcome(path, { status: 6, output: ['1\tlove\n', '2\thate\n'].map((part) => Buffer.from(part)) });
    expect(readOutcome(path)).toEqual({ status: 6, output: Buffer.from('1\tlove\n2\thate\n') });
  });

  test('keeps the first of several outcomes', () => {
    const path = file();
    writeOutcome(path, totals);
    writeOutcome(path, failure);
    expect(readOutcome(path)).toEqual(totals);
  });

  test('is ignored when it is missing, truncated, damaged, a link or a folder', () => {
    const whole = '{"status":0,"bytes":7,"crc":0}\n3\tlove\n';
    const link = file();
    symlinkSync(file('{"status":3,"bytes":0,"crc":0}\n').toString(), link);
    const dir = file();
    mkdirSync(dir);
    for (const path of [
      file(),
      file(''),
      file(whole.slice(0, -3)),
      file(whole),
      file('null\n'),
      file('{"status":256,"bytes":0,"crc":0}\n'),
      link,
      dir,
    ]) {
      expect(readOutcome(path), path.toString()).toBeUndefined();
    }
  });

  test('is a link with the status of a failure where no file can be written', () => {
    const path = file();
    expect(hasOutcome(path)).toBe(false);
    // As on a full disk, the temporary file cannot be written.
    mkdirSync(`${path.toString()}.${hostname()}-${process.pid}.part`);
    expect(() => writeOutcome(path, totals)).toThrow(OutputError);
    expect(readOutcome(path)).toBeUndefined();
    writeOutcome(path, failure);
    expect(hasOutcome(path)).toBe(true);
    expect(readOutcome(path)).toEqual(failure);
    writeOutcome(path, { ...failure, status: 5 });
    expect(readOutcome(path)).toEqual(failure);
  });

  test.each(['status-0', 'status-256', 'status-x', 'status-3 ', 'status--3', 'x/status-3'])(
    'is ignored when it is a link to %s',
    (target) => {
      const path = file();
      symlinkSync(target, path);
      expect(readOutcome(path)).toBeUndefined();
    },
  );

  test('cannot be written to a missing folder: OutputError', () => {
    expect(() => writeOutcome(Buffer.from(join(folder, 'missing', 'x')), failure)).toThrow(OutputError);
  });
});
