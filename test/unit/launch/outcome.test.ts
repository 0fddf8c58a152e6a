import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { OutputError } from '../../../src/job/durable/output-error.ts';
import { readOutcome, writeOutcome } from '../../../src/launch/outcome.ts';
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

  test('cannot be written to a missing folder: OutputError', () => {
    expect(() => writeOutcome(Buffer.from(join(folder, 'missing', 'x')), failure)).toThrow(OutputError);
  });
});
