import { isUtf8 } from 'node:buffer';

import { splitStrings, type ByteStrings } from '../../base/byte-strings.ts';
import { printable } from '../../base/bytes.ts';
import { decodeList, type ZeroBytes } from './list-encoding.ts';
import { UsageError } from '../usage-error.ts';

const newline = 0x0a;
const carriageReturn = 0x0d;

/** The entries of a list, in order. Each iteration slices them anew, so that millions of entries take little memory. */
export interface List extends Iterable<Buffer> {
  /** Notes for the user on how the list was interpreted. */
  readonly notes: readonly string[];
  /** Returns all entries as columns. */
  columns(): ByteStrings;
}

/**
 * Splits a list into its entries. A byte order mark is removed, UTF-16 becomes UTF-8, and if every line ends in CR LF, the CR is
 * part of the line end.
 * @param path The name of the list, for messages.
 * @throws UsageError when line ends or encoding are ambiguous.
 */
export function parseList(given: Buffer, path: Buffer, zeroBytes: ZeroBytes): List {
  const shown = printable(path);
  const bytes = decodeList(given, shown, zeroBytes);
  const notes: string[] = [];
  if (bytes.includes(0)) {
    if (zeroBytes === 'separators') return listOf(0, bytes, notes);
    notes.push(`${shown}: zero bytes in it are counted as parts of the patterns`);
  }
  const hasCrlf = checkLineEnds(bytes, shown);
  if (hasCrlf) notes.push(`${shown}: every line ends in CR LF, and the CR is not taken as part of it`);
  const marked = lineWithMark(bytes);
  if (marked !== undefined) {
    notes.push(
      `${shown}: line ${marked} begins with a byte order mark, which is taken as part of it; were lists joined?`,
    );
  }
  const raw = zeroBytes === 'contents' ? lineThatIsNotUtf8(bytes) : undefined;
  if (raw !== undefined) {
    notes.push(
      `${shown}: line ${raw} is not valid UTF-8 and is counted as it is; if the texts are UTF-8, convert the list to UTF-8 first`,
    );
  }
  return listOf(newline, bytes, notes, hasCrlf ? 1 : 0);
}

/** @param separatorPrefix The number of bytes before each separator that belong to it. */
function listOf(separator: number, bytes: Buffer, notes: readonly string[], separatorPrefix = 0): List {
  return {
    notes,
    columns: () => splitStrings(bytes, separator, separatorPrefix),
    [Symbol.iterator]: () => splitAt(separator, bytes, separatorPrefix),
  };
}

/** Returns the number of the first line that begins with a byte order mark, as where two lists were joined; undefined if none does. */
function lineWithMark(bytes: Buffer): number | undefined {
  const mark = Buffer.from('\ufeff');
  if (bytes.subarray(0, mark.length).equals(mark)) return 1;
  const end = bytes.indexOf(Buffer.from('\n\ufeff'));
  return end < 0 ? undefined : bytes.subarray(0, end).reduce((lines, byte) => lines + Number(byte === newline), 2);
}

/** Returns the number of the first line that is not UTF-8, as in Latin-1, which is nowhere in UTF-8 texts; undefined if all are. */
function lineThatIsNotUtf8(bytes: Buffer): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let line = 0;
  for (const entry of splitAt(newline, bytes)) {
    line += 1;
    if (!isUtf8(entry)) return line;
  }
  return undefined;
}

/**
 * Returns whether lines end in CR LF.
 * @throws UsageError when line ends are mixed, because an invisible byte would decide what is counted.
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
    const lineEnd = lineEndOf(bytes, begin, end, found >= 0);
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

/** Returns how the line [begin, end) ends; undefined for a last line without a line end. */
function lineEndOf(bytes: Buffer, begin: number, end: number, hasNewline: boolean): LineEnd | undefined {
  const isCr = (at: number) => at >= begin && bytes[at] === carriageReturn;
  if (!hasNewline) return isCr(end - 1) ? 'CR' : undefined;
  if (!isCr(end - 1)) return 'LF';
  return isCr(end - 2) ? 'CR CR LF' : 'CR LF';
}

/** Yields the bytes before each separator, and those after the last one if there are any. */
function* splitAt(separator: number, bytes: Buffer, separatorPrefix = 0): Generator<Buffer> {
  for (let begin = 0; begin < bytes.length;) {
    const found = bytes.indexOf(separator, begin);
    yield bytes.subarray(begin, found < 0 ? bytes.length : found - separatorPrefix);
    begin = found < 0 ? bytes.length : found + 1;
  }
}
