import { Layout } from '../../corpus/grid.ts';
import { Findings } from '../../scan/findings.ts';
import { rowKeys, rowsOfBlock } from '../../tally/row-keys.ts';
import { tallyOf } from '../../tally/tallies.ts';
import type { Tally } from '../../tally/tally.ts';
import type { Job, PreparedJob } from '../job.ts';
import type { EventSink } from '../journal/events.ts';
import { blockEvent } from '../journal/make-events.ts';
import type { AssignedBlock } from '../schedule/schedule.ts';
import type { Chain } from './chain.ts';
import type { BlockResult } from './count-blocks.ts';
import { CountedBlocks } from './counted-blocks.ts';

/** Takes the blocks that this rank has counted: writes them to the journal and sums their counts. */
export class BlockTaker {
  readonly counted: CountedBlocks;
  readonly #job: Job;
  readonly #tally: Tally;
  readonly #log: EventSink;
  readonly #prepared: PreparedJob | undefined;
  /** The blocks that may have to be counted again. */
  readonly #inDividedFiles = new Map<number, AssignedBlock>();
  /** The layout of all files, which takes memory; made when a block of an earlier run is counted again. */
  #layoutOfAll: Layout | undefined;

  /** @param prepared Given on rank 0, which has the blocks of earlier runs. */
  constructor(job: Job, prepared: PreparedJob | undefined, log: EventSink) {
    const { plan, totals: rows, findings } = job;
    this.counted = new CountedBlocks({ rows, findings }, prepared?.pending);
    this.#job = job;
    this.#tally = tallyOf(plan.spec);
    this.#log = log;
    this.#prepared = prepared;
  }

  take({ block, files, layout, ...counted }: BlockResult): void {
    const { plan, settings } = this.#job;
    const findings = new Findings();
    findings.addFound(counted, (file) => layout.beginOf(file));
    const keys = counted.groups ?? rowKeys(this.#tally, () => layout, files, block.index, counted.without);
    const rows = rowsOfBlock(this.#tally, keys, counted.counts);
    const known = Array.from(layout.skippedRanges(block.index), ({ file }) => file);
    const without = [...known, ...counted.without].map((file) => layout.beginOf(file));
    // A block that could not be decoded is counted again, if only when the job is resumed.
    if (settings.resumable && counted.link !== 'undecodable')
      this.#log.write(blockEvent(plan, block, counted, findings, without));
    // There is another round when a file of several blocks turns out to be unreadable. Until then, nothing depends on this block.
    const link = counted.without.some((file) => layout.isCut(file)) ? undefined : counted.link;
    if (link !== undefined) this.#inDividedFiles.set(block.index, { block, files, layout });
    this.counted.add(block.index, link, { rows, findings });
  }

  /** Yields the blocks of a chain, which this rank has taken or has from an earlier run. */
  *blocksOf({ first, last }: Chain): Generator<AssignedBlock> {
    for (let index = first; index <= last; index += 1) yield this.#inDividedFiles.get(index) ?? this.#planned(index);
  }

  #planned(index: number): AssignedBlock {
    if (!this.#prepared) throw new RangeError(`block ${index} is not one of this rank`);
    const { files, grid } = this.#prepared.plan;
    const layout = (this.#layoutOfAll ??= new Layout(files.parts, grid));
    return { block: layout.block(index), files, layout };
  }
}
