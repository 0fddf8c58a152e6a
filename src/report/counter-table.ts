import { stringAt } from '../base/byte-strings.ts';
import type { NamedPatterns } from '../tally/stored-patterns.ts';
import type { RecordCounts } from '../tally/tally.ts';
import { evennessOf, type Dispersion, type Evenness } from './dispersion.ts';
import type { GroupEvenness } from './group-evenness.ts';

/** A counter of the tally: a pattern, or one of the counters of `wc`. */
export interface CounterOfReport {
  /** Its index in a row of the tally. */
  readonly index: number;
  readonly name: Uint8Array;
  readonly id: Uint8Array | undefined;
  /** What it is called where there is one column: the ID, if it has one, and the name. */
  readonly label: Uint8Array;
  /** Its total over all blocks that are done. */
  readonly total: bigint;
  /** The number of records that contain it; undefined if records are not counted. */
  readonly records: bigint | undefined;
  /** Over the parts of the corpus; undefined beyond the counters whose counts along the corpus are known. */
  readonly overParts: Evenness | undefined;
  /** Over the groups; undefined unless counts are broken down. */
  readonly overGroups: Evenness | undefined;
}

/** The counters of a tally. There may be a million, so each is made when it is asked for. */
export class CounterTable implements Iterable<CounterOfReport> {
  readonly length: number;
  /** The number of counters whose counts along the corpus are known, the first ones. */
  readonly known: number;
  readonly #of: CounterTableParts;

  constructor(of: CounterTableParts) {
    this.#of = of;
    this.length = of.names.patterns.ends.length;
    this.known = Math.min(this.length, of.dispersion.counters);
  }

  at(index: number): CounterOfReport {
    const { names, totals, records, dispersion, groups } = this.#of;
    const name = stringAt(names.patterns, index);
    const id = names.ids && stringAt(names.ids, index);
    return {
      index,
      name,
      id,
      label: id ? Buffer.concat([id, Buffer.from(' '), name]) : name,
      total: totals[index] ?? 0n,
      records: records && (records.containing[index] ?? 0n),
      overParts: index < this.known ? evennessOf(dispersion, index) : undefined,
      overGroups: groups?.of(index),
    };
  }

  *[Symbol.iterator](): Generator<CounterOfReport> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }

  /** Returns the counters whose counts along the corpus are known: the most frequent ones if there are more than so many, or all, in order. */
  mostFrequent(most: number): CounterOfReport[] {
    const { totals } = this.#of;
    const indices = Array.from({ length: this.known }, (_, index) => index);
    if (this.length > most) indices.sort((one, other) => compare(totals[other], totals[one]) || one - other);
    return indices.slice(0, most).map((index) => this.at(index));
  }
}

/** What a CounterTable is made from. */
export interface CounterTableParts {
  /** The names of the counters as patterns, and their IDs if they have any. */
  readonly names: NamedPatterns;
  /** The sum of all rows. */
  readonly totals: BigUint64Array;
  readonly records: RecordCounts | undefined;
  readonly dispersion: Dispersion;
  readonly groups: GroupEvenness | undefined;
}

function compare(one = 0n, other = 0n): number {
  return one < other ? -1 : Number(one > other);
}
