import { Findings } from '../../scan/findings.ts';
import type { RowSums } from '../../tally/rows.ts';
import { isCertain, join, type BlockLink, type Chain } from './chain.ts';

/** The counts of blocks. */
export interface Counts {
  readonly rows: RowSums;
  readonly findings: Findings;
}

/** Blocks of a chain of which it is not known yet whether it is right, and the sum of their counts. */
export interface PendingChain {
  readonly chain: Chain;
  readonly counts: Counts;
}

/** Sums the counts of blocks. Those of a divided file stay apart until they are known to begin where a unit begins; see chain.ts. */
export class CountedBlocks {
  readonly #total: Counts;
  readonly #byFirst = new Map<number, PendingChain>();
  readonly #byLast = new Map<number, PendingChain>();

  /**
   * @param total What the counts are added to.
   * @param pending The chains of blocks that were counted before. The counts of one that is certain are in the total.
   */
  constructor(total: Counts, pending: Iterable<PendingChain> = []) {
    this.#total = total;
    for (const { chain, counts } of pending) this.#set({ chain, counts: isCertain(chain) ? total : counts });
  }

  /**
   * Adds a block.
   * @param link Absent if the block neither begins nor ends within a divided file.
   */
  add(block: number, link: BlockLink | 'undecodable' | undefined, counts: Counts): void {
    if (link === undefined) {
      this.#addTo(this.#total, counts);
      return;
    }
    const at = { first: block, last: block };
    if (link === 'undecodable') {
      const none = { rows: this.#total.rows.none(), findings: new Findings() };
      this.#set({ chain: { ...at, isUndecodable: true }, counts: none });
      return;
    }
    this.#addChain({ ...at, ...link }, counts);
  }

  /** The chains on which others depend, or that depend on others. */
  get chains(): Chain[] {
    return Array.from(this.#byFirst.values(), ({ chain }) => chain);
  }

  /** Removes a chain with its counts. @param first Its first block. */
  remove(first: number): Chain {
    const found = this.#byFirst.get(first);
    if (!found) throw new RangeError(`no chain begins with block ${first}`);
    this.#byFirst.delete(first);
    this.#byLast.delete(found.chain.last);
    return found.chain;
  }

  /** Adds the counts of all chains to the total, when all of them are known to be right. */
  settle(): void {
    for (const { chain, counts } of this.#byFirst.values()) {
      if (!isCertain(chain)) this.#addTo(this.#total, counts);
    }
    this.#byFirst.clear();
    this.#byLast.clear();
  }

  /** Joins a chain with those around it. The counts of one that is certain are in the total. */
  #addChain(chain: Chain, counts: Counts): void {
    const before = this.#byLast.get(chain.first - 1);
    const joined = before && join(before.chain, chain);
    if (joined) {
      this.remove(before.chain.first);
      this.#addTo(before.counts, counts);
      this.#addNext({ chain: joined, counts: before.counts });
    } else if (isCertain(chain)) {
      this.#addTo(this.#total, counts);
      this.#addNext({ chain, counts: this.#total });
    } else {
      this.#addNext({ chain, counts });
    }
  }

  #addNext({ chain, counts }: PendingChain): void {
    const after = this.#byFirst.get(chain.last + 1);
    const joined = after && join(chain, after.chain);
    if (!joined) {
      this.#set({ chain, counts });
      return;
    }
    this.remove(after.chain.first);
    this.#addTo(counts, after.counts);
    this.#set({ chain: joined, counts });
  }

  #set(pending: PendingChain): void {
    const { first, last, end } = pending.chain;
    // Nothing depends on it.
    if (isCertain(pending.chain) && end === undefined) return;
    this.#byFirst.set(first, pending);
    this.#byLast.set(last, pending);
  }

  #addTo(sum: Counts, { rows, findings }: Counts): void {
    sum.rows.addAll(rows);
    sum.findings.addAll(findings);
  }
}
