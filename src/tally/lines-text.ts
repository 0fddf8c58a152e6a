import type { TotalsLine } from './tally.ts';

/** Returns lines of totals as text, in parts. */
export function* linesText(lines: Iterable<TotalsLine>): Generator<string | Uint8Array> {
  for (const { counters, names } of lines) {
    yield counters;
    for (const [index, name] of names.entries()) {
      if (index > 0) yield '\t';
      yield name;
    }
    yield '\n';
  }
}
