import { bytesFromJson, printable } from '../../base/bytes.ts';
import { Layout, type BlockRange } from '../../corpus/grid.ts';
import { Findings } from '../../scan/findings.ts';
import { toSparse } from '../../tally/counters.ts';
import { noRows, rowKeys } from '../../tally/row-keys.ts';
import type { RowSums } from '../../tally/rows.ts';
import { tallyOf } from '../../tally/tallies.ts';
import type { Tally } from '../../tally/tally.ts';
import { isCertain, type Chain } from '../counting/chain.ts';
import type { PendingChain } from '../counting/counted-blocks.ts';
import { planSkipping } from '../plan/plan-file.ts';
import type { Plan, SkippedFiles } from '../plan/plan.ts';
import { crc32 } from './checksum.ts';
import { ResumeError } from './errors.ts';
import type { BlockEvent, RankEvent, SkipEvent } from './events.ts';
import type { JournalChains } from './journal-chains.ts';

/** Returns the sum of the rows of all blocks that are done. It is not to be added to. */
export function rowsDone({ totals, pending }: Pick<Journal, 'totals' | 'pending'>): RowSums {
  // Groups may have many millions of counters, and are seldom pending.
  if (pending.every(({ chain }) => isCertain(chain))) return totals;
  const all = totals.none();
  all.addAll(totals);
  for (const { chain, counts } of pending) {
    if (!isCertain(chain)) all.addAll(counts.rows);
  }
  return all;
}

/** Returns the sum of the findings of all blocks that are done. */
export function findingsDone({ findings, pending }: Journal): Findings {
  const all = new Findings();
  all.addAll(findings);
  for (const { chain, counts } of pending) {
    if (!isCertain(chain)) all.addAll(counts.findings);
  }
  return all;
}

/**
 * Returns whether a block was counted without exactly those skipped files that are in it.
 * @param layout The layout of all files, in which these are skipped; undefined if none is.
 */
export function isCurrent({ block, without = [] }: BlockEvent, layout: Layout | undefined): boolean {
  if (!layout) return without.length === 0;
  const expected = new Set(Array.from(layout.skippedRanges(block), ({ file }) => layout.beginOf(file)));
  return expected.size === without.length && without.every((begin) => expected.has(begin));
}

/** Returns a checksum of counts, which is the same in either form, and of the names of their groups. */
function checksumOf({ counts: counters, groups = [] }: BlockEvent): number {
  const { indices, counts } = toSparse(counters);
  return crc32(
    counts.join(','),
    crc32(indices.join(','), groups.length > 0 ? crc32(JSON.stringify(groups)) : undefined),
  );
}

/** The state of a job according to the events of all its ranks, over all runs. */
export interface Journal {
  /** The blocks that no rank has counted, in order. */
  readonly missing: readonly BlockRange[];
  readonly blocksDone: number;
  /** The sum of the rows of all blocks that are done, but for those that are pending. */
  readonly totals: RowSums;
  readonly findings: Findings;
  /** The chains of blocks that are done. Those that are certain are in the sum; the others depend on blocks that are not done. */
  readonly pending: readonly PendingChain[];
  /** The files that are skipped, those of the plan included. */
  readonly skipped: SkippedFiles;
  /** The number of ranks that began to count, over all runs. */
  readonly starts: number;
  /** The hosts of these ranks, sorted; at most `maxHosts`. */
  readonly hosts: readonly string[];
  /** The number of ignored lines. */
  readonly ignoredLines: number;
}

// More than any cluster has; it bounds the memory.
export const maxHosts = 100_000;

/** Folds the events of all ranks, in any order, into the state of the job. */
export class JobState {
  readonly #tally: Tally;
  /** The plan, with the files skipped that are known to be. */
  readonly #plan: Plan;
  readonly #known: SkippedFiles;
  readonly #skipped: Map<number, string>;
  #layout: Layout | undefined;
  readonly #done: Uint8Array;
  /** CRC of each block's counts, to detect contradicting duplicates. */
  readonly #checksums: Uint32Array;
  readonly #totals: RowSums;
  readonly #findings = new Findings();
  readonly #hosts = new Set<string>();
  #starts = 0;
  #blocksDone = 0;
  #ignored = 0;
  readonly #chains: JournalChains | undefined;
  readonly #pending = new Map<Chain, PendingChain>();

  /**
   * @param known The files that are known to be skipped, those of the plan included. A block counts only if it was counted without
   *   exactly those of them that are in it.
   * @param chains Given if files are divided: the chains of the blocks of the same events that were counted so.
   */
  constructor(plan: Plan, known: SkippedFiles = plan.skipped ?? new Map<number, string>(), chains?: JournalChains) {
    this.#plan = planSkipping(plan, known.keys());
    this.#known = known;
    this.#skipped = new Map(known);
    this.#chains = chains;
    this.#tally = tallyOf(plan.spec);
    this.#done = new Uint8Array(plan.grid.blocks);
    this.#checksums = new Uint32Array(plan.grid.blocks);
    this.#totals = noRows(this.#tally);
    for (const chain of chains?.chains ?? []) {
      const counts = isCertain(chain)
        ? { rows: this.#totals, findings: this.#findings }
        : { rows: noRows(this.#tally), findings: new Findings() };
      this.#pending.set(chain, { chain, counts });
    }
  }

  /**
   * Takes the next event.
   * @param event Undefined for a line that is no event.
   * @param path The log that it comes from, for errors.
   * @returns Whether it is the event of a block that is now done, and was not before.
   * @throws ResumeError if two events contradict each other about the counts of a block.
   */
  take(event: RankEvent | undefined, path: Buffer): boolean {
    if (!event) this.#ignored += 1;
    else if (event.event === 'block') return this.#takeBlock(event, path);
    else if (event.event === 'skip') this.#takeSkip(event);
    else if (event.event === 'start') this.#takeStart(event.host);
    return false;
  }

  #takeStart(host: string): void {
    this.#starts += 1;
    if (this.#hosts.size < maxHosts) this.#hosts.add(host);
  }

  #takeSkip({ begin, reason }: SkipEvent): void {
    const layout = this.#layoutOfAll();
    const file = layout.fileAt(begin);
    if (layout.beginOf(file) !== begin || file >= this.#plan.files.length) this.#ignored += 1;
    else if (!this.#skipped.has(file)) this.#skipped.set(file, reason);
  }

  /** Returns whether there are skipped files that were not known before, so that blocks were taken that may contain them. */
  get isOutdated(): boolean {
    return this.#skipped.size > this.#known.size;
  }

  #takeBlock(event: BlockEvent, path: Buffer): boolean {
    const { block, counts, groups, findings, link } = event;
    if (!isCurrent(event, this.#known.size > 0 ? this.#layoutOfAll() : undefined)) return false;
    const chain = this.#chains ? this.#chains.chainOf(block, link) : 'none';
    if (chain === undefined) return false; // it was counted again
    const keys =
      groups?.map((name) => bytesFromJson(name).toString('latin1')) ??
      rowKeys(this.#tally, this.#layoutOfAll, this.#plan.files, block);
    if (counts.length !== keys.length * this.#tally.width) {
      this.#ignored += 1;
      return false;
    }
    const checksum = checksumOf(event);
    if (this.#done[block] === 1) {
      if (this.#checksums[block] === checksum) return false;
      throw new ResumeError(
        `${printable(path)}: counts for block ${block} contradict those of an earlier line; ` +
          'the input changed unnoticed, or a disk is failing: count anew with another --log-dir',
      );
    }
    this.#done[block] = 1;
    this.#checksums[block] = checksum;
    this.#blocksDone += 1;
    const sums = chain === 'none' ? undefined : this.#pending.get(chain)?.counts;
    (sums?.findings ?? this.#findings).addAll(Findings.fromJson(findings));
    (sums?.rows ?? this.#totals).add(keys, counts);
    return true;
  }

  journal(): Journal {
    return {
      missing: missingBlocks(this.#done),
      blocksDone: this.#blocksDone,
      totals: this.#totals,
      findings: this.#findings,
      pending: [...this.#pending.values()],
      skipped: this.#skipped,
      starts: this.#starts,
      hosts: [...this.#hosts].sort(),
      ignoredLines: this.#ignored,
    };
  }

  /** Returns the layout of all files of the plan. */
  readonly #layoutOfAll = (): Layout => {
    const { files, grid } = this.#plan;
    return (this.#layout ??= new Layout(files.parts, grid));
  };
}

/** Returns the blocks that are not done. @param done 1 for each block that is done, and 0 for the others. */
export function missingBlocks(done: Uint8Array): BlockRange[] {
  const ranges: BlockRange[] = [];
  for (let first = done.indexOf(0); first >= 0;) {
    const next = done.indexOf(1, first);
    const end = next < 0 ? done.length : next;
    ranges.push({ first, end });
    first = done.indexOf(0, end);
  }
  return ranges;
}
