import { check, listOf, objectOf, wholeNumber, type Fields } from '../../base/untrusted-json.ts';
import { eachNonZero, toDense, toSparse, type Counters, type SparseCounters } from '../../tally/counters.ts';

// The counts of a block in its event: all of them, or, where that is shorter, those that are not zero. Of 10,000 patterns, most blocks have
// a few. Anyone may have written the log that is read.

/** The fields of a block event that contain its counts: one of them is there. */
export interface CountsJson {
  /** All counts, zeros included. */
  readonly counts?: readonly number[];
  readonly sparse?: SparseCounters;
}

/** Encodes counts in the form that has fewer bytes. */
export function encodeCounts(counts: Counters): CountsJson {
  return isShorterSparse(counts) ? { sparse: toSparse(counts) } : { counts: toDense(counts) };
}

const sparseFrame = '"sparse":{"length":,"indices":[],"counts":[]}'.length;
const denseFrame = '"counts":[]'.length;

function isShorterSparse(counts: Counters): boolean {
  const { length } = counts;
  let nonZero = 0;
  let digitsOfIndices = 0;
  eachNonZero(counts, (index) => {
    nonZero += 1;
    digitsOfIndices += digitsOf(index);
  });
  // Without the digits of the counts that are not zero, which both have.
  const commas = (elements: number) => Math.max(0, elements - 1);
  const sparse = sparseFrame + digitsOf(length) + digitsOfIndices + 2 * commas(nonZero);
  const dense = denseFrame + (length - nonZero) + commas(length);
  return sparse < dense;
}

function digitsOf(number: number): number {
  return String(number).length;
}

/**
 * Decodes and validates the counts of a block event.
 * @param width The number of counters in a row.
 * @param maxRows The maximum number of rows that a block has.
 * @throws TypeError
 */
export function decodeCounts(
  { counts, sparse }: Fields<CountsJson>,
  { width, maxRows }: { readonly width: number; readonly maxRows: number },
): readonly number[] | SparseCounters {
  check(counts, (counts === undefined) !== (sparse === undefined), 'the counts of a block, once');
  const decoded = sparse === undefined ? listOf(counts).map(wholeNumber) : decodeSparse(sparse);
  const rows = decoded.length / width;
  return check(decoded, Number.isInteger(rows) && rows <= maxRows, 'the counts of a block');
}

function decodeSparse(json: unknown): SparseCounters {
  const fields = objectOf(json) as Fields<SparseCounters>;
  const length = wholeNumber(fields.length);
  const indices = listOf(fields.indices).map(wholeNumber);
  const counts = listOf(fields.counts).map(wholeNumber);
  check(counts, counts.length === indices.length && !counts.includes(0), 'a count for each index');
  let previous = -1;
  for (const index of indices) previous = check(index, index > previous && index < length, 'an ascending index');
  return { length, indices, counts };
}
