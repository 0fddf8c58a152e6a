import { readFileSync } from 'node:fs';

import { printable } from '../bytes.ts';
import { InputError } from '../corpus/errors.ts';
import { readFailure } from '../system-error.ts';
import { UsageError } from './usage-error.ts';

/**
 * The patterns of a file, one a line, in bytes.
 * @throws InputError when it cannot be read; UsageError when it holds no pattern, or an empty one.
 */
export function readPatternFile(path: Buffer): Buffer[] {
  const patterns = [...splitAt(newline, readBytes(path, 'the patterns'))];
  if (patterns.length === 0) throw new UsageError(`${printable(path)}: no pattern in it; write one a line`);
  const empty = patterns.findIndex((pattern) => pattern.length === 0);
  if (empty >= 0)
    throw new UsageError(
      `${printable(path)}: line ${empty + 1} is empty, and an empty pattern is nowhere and everywhere; remove it`,
    );
  return patterns;
}

/**
 * The names in a list of files, in bytes: one a line, or each ended by a zero byte, as `find -print0` writes them. They are cut
 * out each time they are gone through: millions of them take little memory.
 * @throws InputError when it cannot be read; UsageError when it holds no name, or an empty one.
 */
export function readFileList(path: Buffer): Iterable<Buffer> {
  const bytes = readBytes(path, 'the list of files');
  const separator = bytes.includes(0) ? 0 : newline;
  let names = 0;
  for (const { length } of splitAt(separator, bytes)) {
    names += 1;
    if (length === 0) throw new UsageError(`${printable(path)}: name ${names} in it is empty; remove it`);
  }
  if (names === 0) throw new UsageError(`${printable(path)}: no file name in it; write one a line`);
  return { [Symbol.iterator]: () => splitAt(separator, bytes) };
}

const newline = 0x0a;
const standardInput = Buffer.from('-'); // as in grep; mpirun gives rank 0 its own

function readBytes(path: Buffer, what: string): Buffer {
  try {
    return readFileSync(path.equals(standardInput) ? 0 : path);
  } catch (error) {
    throw new InputError(path, `cannot read ${what}: ${readFailure(error)}`, { cause: error });
  }
}

/** What stands before each separator, and after the last one if there is something. */
function* splitAt(separator: number, bytes: Buffer): Generator<Buffer> {
  for (let begin = 0; begin < bytes.length;) {
    const found = bytes.indexOf(separator, begin);
    const end = found < 0 ? bytes.length : found;
    yield bytes.subarray(begin, end);
    begin = end + 1;
  }
}
