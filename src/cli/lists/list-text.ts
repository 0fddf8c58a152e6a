import { printable } from '../../base/bytes.ts';
import { decodeList, type ZeroBytes } from './list-encoding.ts';
import { UsageError } from '../usage-error.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;

/** The entries of a list, in order. They are cut out each time they are gone through: millions of them take little memory. */
export interface List extends Iterable<Buffer> {
  /** What the user should know of how the list was read. */
  readonly notes: readonly string[];
}

/**
 * Cuts a list into its entries. A byte order mark is no part of them, UTF-16 becomes UTF-8, and where every line ends in CR LF
 * the CR belongs to the line's end.
 * @param path For messages.
 * @throws UsageError when it is not clear where entries end, or which characters they hold.
 */
export function parseList(given: Buffer, path: Buffer, zeroBytes: ZeroBytes): List {
  const shown = printable(path);
  const bytes = decodeList(given, shown, zeroBytes);
  const notes: string[] = [];
  if (bytes.includes(0)) {
    if (zeroBytes === 'separators') return { notes, [Symbol.iterator]: () => splitAt(0, bytes) };
    notes.push(`${shown}: zero bytes in it are counted as parts of the patterns`);
  }
  const hasCrlf = checkLineEnds(bytes, shown);
  if (hasCrlf) notes.push(`${shown}: every line ends in CR LF, and the CR is not taken as part of it`);
  return { notes, [Symbol.iterator]: () => splitAt(newline, bytes, hasCrlf ? 1 : 0) };
}

/**
 * Tells whether lines end in CR LF.
 * @throws UsageError when some do and others do not: an invisible byte would decide what is counted.
 */
function checkLineEnds(bytes: Buffer, shown: string): boolean {
  if (!bytes.includes(carriageReturn)) return false;
  if (!bytes.includes(newline)) {
    throw new UsageError(`${shown}: has carriage returns, but no newline; end each line with a newline`);
  }
  let line = 0;
  let ends: LineEnd | undefined; // of the lines so far
  for (let begin = 0; begin < bytes.length;) {
    line += 1;
    const found = bytes.indexOf(newline, begin);
    const end = found < 0 ? bytes.length : found;
    const lineEnd = lineEndOf(bytes.subarray(begin, end), found >= 0);
    begin = end + 1;
    if (lineEnd === undefined) break;
    ends ??= lineEnd;
    if (lineEnd === ends && (lineEnd === 'LF' || lineEnd === 'CR LF')) continue;
    const first = line > 1 ? `, line 1 in ${ends}` : '';
    throw new UsageError(`${shown}: line ${line} ends in ${lineEnd}${first}; end all lines in LF, or all in CR LF`);
  }
  return ends === 'CR LF';
}

type LineEnd = 'LF' | 'CR LF' | 'CR CR LF' | 'CR';

/** Undefined for a last line that just ends. */
function lineEndOf(line: Buffer, hasNewline: boolean): LineEnd | undefined {
  const isCr = (at: number) => line.at(at) === carriageReturn;
  if (!hasNewline) return isCr(-1) ? 'CR' : undefined;
  if (!isCr(-1)) return 'LF';
  return isCr(-2) ? 'CR CR LF' : 'CR LF';
}

/** The bytes before each separator, and after the last one if there are any. */
function* splitAt(separator: number, bytes: Buffer, separatorPrefix = 0): Generator<Buffer> {
  for (let begin = 0; begin < bytes.length;) {
    const found = bytes.indexOf(separator, begin);
    yield bytes.subarray(begin, found < 0 ? bytes.length : found - separatorPrefix);
    begin = found < 0 ? bytes.length : found + 1;
  }
}
