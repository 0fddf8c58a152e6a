import { byteStrings, type ByteStrings } from '../base/byte-strings.ts';
import { bytesToJson, rowSafe } from '../base/bytes.ts';
import { oneOf } from '../base/untrusted-json.ts';
import type { Scanner } from '../scan/scanner.ts';
import { compileWc, wordRules, type WordRule } from '../scan/wc.ts';
import type { RowSums } from './rows.ts';
import { linesText } from './lines-text.ts';
import type { CountedInput, Tally, TallyKind, TotalsLine } from './tally.ts';

/** Counts lines, words, characters and bytes: one row for each file, with these four counters. */
export interface WcSpec {
  readonly kind: 'wc';
  readonly wordRule: WordRule;
}

const counters = ['lines', 'words', 'characters', 'bytes'] as const;
// GNU wc uses this width if it does not know the size of an input in advance.
const streamWidth = 7;
const standardInput = Buffer.from('-');

export const wcKind: TallyKind<WcSpec> = {
  make: (spec) => new WcTally(spec),
  decode: ({ wordRule }) => ({ kind: 'wc', wordRule: oneOf(wordRules, wordRule) }),
  difference: (earlier, now) =>
    earlier.wordRule === now.wordRule
      ? undefined
      : `it was begun with the words of ${earlier.wordRule}, not ${now.wordRule}`,
};

class WcTally implements Tally {
  readonly width = counters.length;
  readonly byFile = true;
  readonly wholeFiles = false;
  readonly isLarge = false;
  readonly columns = [...counters, 'file'];
  readonly #spec: WcSpec;

  constructor(spec: WcSpec) {
    this.#spec = spec;
  }

  counterNames(): ByteStrings {
    return byteStrings(counters.map((name) => Buffer.from(name)));
  }

  compile(): Scanner {
    return compileWc(this.#spec.wordRule);
  }

  planFields(): object {
    return { tally: 'wc', wordRule: this.#spec.wordRule };
  }

  startFields(): object {
    return this.planFields();
  }

  totalsFields(totals: RowSums, input: CountedInput): object {
    const sum = totals.sum();
    const perFile = Array.from(rowsOf(totals, input), ({ path, numbers }) => ({
      file: bytesToJson(path),
      ...named(numbers),
    }));
    return { totals: named(sum), perFile };
  }

  optionFields(): object {
    return { wordRule: this.#spec.wordRule };
  }

  /** Yields a record for each file. That of all files is their sum, and would be taken for one of a file named total. */
  *records(totals: RowSums, input: CountedInput): Generator<(bigint | Uint8Array)[]> {
    for (const { path, numbers } of rowsOf(totals, input)) yield [...numbers, path];
  }

  /** Yields the lines that `wc -lwmc` prints, in its layout. */
  *lines(totals: RowSums, input: CountedInput): Generator<TotalsLine> {
    // A decoded text is larger than the input.
    const bytes = Math.max(input.bytes, Number(totals.sum()[3] ?? 0));
    const width = Math.max(String(bytes).length, input.streams.length > 0 ? streamWidth : 1);
    const aligned = (numbers: BigUint64Array) =>
      Array.from(numbers, (number) => String(number).padStart(width)).join(' ');
    let files = 0;
    for (const { path, numbers } of rowsOf(totals, input)) {
      files += 1;
      if (path.equals(standardInput)) yield { counters: aligned(numbers), names: [] };
      else yield { counters: `${aligned(numbers)} `, names: [rowSafe(path)] };
    }
    if (files > 1) yield { counters: `${aligned(totals.sum())} `, names: [Buffer.from('total')] };
  }

  text(totals: RowSums, input: CountedInput): Iterable<string | Uint8Array> {
    return linesText(this.lines(totals, input));
  }
}

/** Yields the row of each file and stream that is not skipped, in order. */
function* rowsOf(totals: RowSums, input: CountedInput): Generator<{ path: Buffer; numbers: BigUint64Array }> {
  let begin = 0;
  for (const { path, size, isSkipped } of input.files) {
    // An empty file has no row, and begins where the next one does.
    if (isSkipped !== true) yield { path, numbers: size === 0 ? new BigUint64Array(totals.width) : totals.row(begin) };
    begin += size;
  }
  for (const [index, path] of input.streams.entries()) {
    if (input.skippedStreams?.has(index) !== true) yield { path, numbers: totals.row(input.bytes + index) };
  }
}

function named(numbers: BigUint64Array): object {
  return Object.fromEntries(counters.map((name, index) => [name, numbers[index] ?? 0n]));
}
