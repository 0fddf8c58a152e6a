import { partitionPoint } from '../../base/partition-point.ts';
import type { Layout } from '../../corpus/grid.ts';
import { numbersOfSums, sumsOfNumbers, sumsWidth } from '../../scan/stream-sums.ts';
import { join, judge, type BlockLink, type Chain } from '../counting/chain.ts';

// The chains of the blocks in a journal. A block that was counted again has lines with several links, in any order.

const none = -1;

/** Collects the links of all lines. It takes 16 bytes for each block, and 32 more if streams have checksums of several units. */
export class JournalLinks {
  readonly #layout: Layout;
  readonly #blockSize: number;
  /** For each block, its first link: where it begins (see codeOf()) and where it ends; NaN if there is no line. */
  readonly #begins: Float64Array;
  readonly #ends: Float64Array;
  /** For each block, the sums of its first link (see numbersOfSums()); empty if no line has any. */
  #sums = new Float64Array();
  /** The other links of blocks that have several. */
  readonly #more = new Map<number, BlockLink[]>();

  /** @param layout That of all files. */
  constructor(layout: Layout, { blockSize, blocks }: { readonly blockSize: number; readonly blocks: number }) {
    this.#layout = layout;
    this.#blockSize = blockSize;
    this.#begins = new Float64Array(blocks).fill(NaN);
    this.#ends = new Float64Array(blocks).fill(NaN);
  }

  /** Takes the link of a line, unless it is one that the block cannot have. */
  take(block: number, link: BlockLink | undefined): void {
    if (!link || !this.isPossible(block, link) || this.#linksOf(block).some((other) => isSame(other, link))) return;
    if (Number.isNaN(this.#begins[block])) {
      this.#set(block, link);
    } else {
      this.#more.set(block, [...(this.#more.get(block) ?? []), link]);
    }
  }

  /** Tells whether a block can have a link: one that says where its units begin and end if it begins and ends within a divided file. */
  isPossible(block: number, link: BlockLink | undefined): boolean {
    const beginsWithin = this.#layout.dividesFileAt(block * this.#blockSize);
    const endsWithin = this.#layout.dividesFileAt((block + 1) * this.#blockSize);
    const { at, past, end } = link ?? {};
    const hasBegin = (at === undefined) !== (past === undefined);
    return (
      hasBegin === beginsWithin &&
      (at === undefined || past === undefined) &&
      (end !== undefined || past !== undefined || !endsWithin)
    );
  }

  /** Returns the chains that the links form. Of a block with several links, the one that fits to the block before is in a chain. */
  chains(): JournalChains {
    const chains: Chain[] = [];
    for (
      let block = this.#begins.findIndex((code) => !Number.isNaN(code));
      block >= 0 && block < this.#begins.length;
      block += 1
    ) {
      const links = this.#linksOf(block).map((link) => ({ first: block, last: block, ...link }));
      const latest = links.at(-1);
      if (!latest) continue;
      const before = chains.at(-1);
      const joined = before && links.map((link) => ({ link, chain: join(before, link) })).find(({ chain }) => chain);
      if (joined?.chain) chains[chains.length - 1] = joined.chain;
      else chains.push(latest);
      this.#keepOnly(block, joined?.link ?? latest);
    }
    return new JournalChains(this, chains);
  }

  /** Tells whether a link is the one that is in a chain; only after chains(). */
  isInChain(block: number, link: BlockLink): boolean {
    return this.#linksOf(block).some((other) => isSame(other, link));
  }

  #keepOnly(block: number, link: BlockLink): void {
    this.#set(block, link);
    this.#more.delete(block);
  }

  #set(block: number, link: BlockLink): void {
    this.#begins[block] = codeOf(link);
    this.#ends[block] = link.end ?? none;
    if (link.sums && this.#sums.length === 0) this.#sums = new Float64Array(sumsWidth * this.#begins.length).fill(none);
    if (this.#sums.length > 0) this.#sums.set(numbersOfSums(link.sums), sumsWidth * block);
  }

  #linksOf(block: number): BlockLink[] {
    const [code = NaN, end = NaN] = [this.#begins[block], this.#ends[block]];
    if (Number.isNaN(code)) return [];
    const sums = sumsOfNumbers(this.#sums.subarray(sumsWidth * block, sumsWidth * (block + 1)));
    const first = { ...linkOf(code), end: end === none ? undefined : end };
    return [sums ? { ...first, sums } : first, ...(this.#more.get(block) ?? [])];
  }
}

/** The chains of a journal. */
export class JournalChains {
  readonly #links: JournalLinks;
  /** Those that may be right, in order. */
  readonly chains: readonly Chain[];

  constructor(links: JournalLinks, all: readonly Chain[]) {
    this.#links = links;
    const verdicts = judge(all);
    this.chains = all.filter((_, index) => typeof verdicts[index] !== 'object');
  }

  /**
   * Returns the chain to which a line for a block belongs; undefined if it is not to be used. A line without a link belongs to none.
   */
  chainOf(block: number, link: BlockLink | undefined): Chain | 'none' | undefined {
    if (!this.#links.isPossible(block, link)) return undefined;
    if (!link) return 'none';
    if (!this.#links.isInChain(block, link)) return undefined;
    // The last one that begins at or before the block, if there is one.
    const chain =
      this.chains[partitionPoint(this.chains.length, (index) => (this.chains[index]?.first ?? 0) <= block) - 1];
    return chain && chain.first <= block && block <= chain.last ? chain : undefined;
  }
}

/** Returns a number for where a block begins: the offset of its first unit, or a negative number. */
function codeOf({ at, past }: BlockLink): number {
  return at ?? (past === undefined ? none : none - 1 - past);
}

function linkOf(code: number): BlockLink {
  if (code >= 0) return { at: code };
  return code === none ? {} : { past: none - 1 - code };
}

function isSame(one: BlockLink, other: BlockLink): boolean {
  return one.at === other.at && one.past === other.past && one.end === other.end;
}
