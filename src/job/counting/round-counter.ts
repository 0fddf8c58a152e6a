import { exceedsMemory, memoryForDecoder } from '../../corpus/memory.ts';
import { IoTuner } from '../../corpus/io-method.ts';
import type { Communicator } from '../../mpi/communicator.ts';
import { findsGroups } from '../../tally/row-keys.ts';
import { tallyOf } from '../../tally/tallies.ts';
import { confirmBlocks, type WrongChain } from '../confirm.ts';
import type { Round } from '../job.ts';
import type { RankProgress } from '../progress/rank-progress.ts';
import type { Schedule } from '../schedule/schedule.ts';
import { afterGracePeriod, drainUntilOverdue, onAbort, takeUntilStopped } from '../stop/until-stopped.ts';
import type { CountContext } from './block-counter.ts';
import { BlockTaker } from './block-taker.ts';
import { countBlocks, recountBlocks } from './count-blocks.ts';

/** Counts the blocks of this rank in one round: each is written to the log and added to the job's totals and findings. */
export class RoundCounter {
  readonly #round: Round;
  readonly #schedule: Schedule;
  readonly #context: CountContext;
  readonly #taker: BlockTaker;
  readonly #stop: AbortSignal;
  readonly #overdue: AbortSignal;

  /**
   * @param localSize The number of ranks on this host.
   * @param stop When it is aborted, no new block begins, and blocks in progress are given up after a grace period.
   */
  constructor(round: Round, schedule: Schedule, localSize: number, stop: AbortSignal) {
    const { job, prepared, kernel, log, skips } = round;
    const { plan, settings } = job;
    const tally = tallyOf(plan.spec);
    this.#round = round;
    this.#schedule = schedule;
    this.#context = {
      kernel,
      byFile: tally.byFile,
      findsGroups: findsGroups(tally),
      tuner: new IoTuner(settings.io, exceedsMemory(schedule.bytes * localSize)),
      allowGrowth: settings.allowGrowth,
      decompress: plan.decompress,
      encoding: plan.encoding,
      decodeMemory: memoryForDecoder(localSize * settings.threads),
      skips,
    };
    this.#taker = new BlockTaker(job, prepared, log);
    this.#stop = stop;
    this.#overdue = afterGracePeriod(stop);
    onAbort(this.#overdue, kernel.cancel.bind(kernel));
  }

  /**
   * Counts the blocks that the schedule assigns to this rank.
   * @param progress Is told of each.
   * @returns The number of blocks that were counted.
   * @throws InputError for a file that cannot be read, unless such files are skipped; OutputError if the log cannot be written.
   */
  async count(progress: RankProgress | undefined): Promise<number> {
    let counted = 0;
    const results = countBlocks(this.#schedule, this.#context, this.#round.job.settings.threads);
    for await (const result of drainUntilOverdue(results, this.#overdue)) {
      this.#taker.take(result);
      progress?.add(result.block.bytes, result.textSize, result.counts);
      counted += 1;
    }
    return counted;
  }

  /**
   * Confirms the blocks of divided files; see confirm.ts. Every rank must call this.
   * @param left The number of blocks that are left, as numbers whose sum over all ranks is meant.
   * @returns The same after that.
   */
  async confirm(world: Communicator, left: number): Promise<number> {
    if (!this.#round.job.plan.isDivided) return left;
    const recount = (wrong: WrongChain) => this.#recount(wrong);
    return confirmBlocks(world, { counted: this.#taker.counted, blocksLeft: left, recount });
  }

  async #recount({ chain, start }: WrongChain): Promise<number> {
    let left = chain.last + 1 - chain.first;
    const blocks = takeUntilStopped(this.#taker.blocksOf(chain), this.#stop);
    for await (const result of drainUntilOverdue(recountBlocks(blocks, start, this.#context), this.#overdue)) {
      this.#taker.take(result);
      left -= 1;
    }
    return left;
  }
}
