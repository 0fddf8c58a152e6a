import { readFileSync } from 'node:fs';

import { printable } from '../bytes.ts';
import { InputError, reasonOf } from '../corpus/errors.ts';
import { UsageError } from './usage-error.ts';

/**
 * The patterns of a file, one a line, in bytes.
 * @throws InputError when it cannot be read; UsageError when it holds no pattern, or an empty one.
 */
export function readPatternFile(path: Buffer): Buffer[] {
  const patterns = linesOf(readBytes(path));
  if (patterns.length === 0) throw new UsageError(`${printable(path)}: no pattern in it; write one a line`);
  const empty = patterns.findIndex((pattern) => pattern.length === 0);
  if (empty >= 0)
    throw new UsageError(
      `${printable(path)}: line ${empty + 1} is empty, and an empty pattern is nowhere and everywhere; remove it`,
    );
  return patterns;
}

const standardInput = Buffer.from('-'); // as in grep; mpirun gives rank 0 its own

function readBytes(path: Buffer): Buffer {
  try {
    return readFileSync(path.equals(standardInput) ? 0 : path);
  } catch (error) {
    throw new InputError(path, `cannot read the patterns: ${reasonOf(error)}`, { cause: error });
  }
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let begin = 0; begin < bytes.length;) {
    const newline = bytes.indexOf(0x0a, begin);
    const end = newline < 0 ? bytes.length : newline;
    lines.push(bytes.subarray(begin, end));
    begin = end + 1;
  }
  return lines;
}
