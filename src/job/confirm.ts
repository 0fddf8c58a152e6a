import type { Communicator } from '../mpi/communicator.ts';
import { agree } from './agree.ts';
import { decodeChains, encodeChains, judge, type Chain, type WrongStart } from './counting/chain.ts';
import type { CountedBlocks } from './counting/counted-blocks.ts';

/** A chain of blocks to count again. */
export interface WrongChain {
  readonly chain: Chain;
  readonly start: WrongStart;
}

/** A rank's part in the confirmation of blocks. */
export interface Confirmation {
  /** The blocks of this rank. The counts of all of them are added to the total, unless blocks are left. */
  readonly counted: CountedBlocks;
  /** The number of blocks that are left to count, as numbers whose sum over all ranks is meant. */
  readonly blocksLeft: number;
  /** Counts a chain again, and adds its blocks to `counted`. Returns how many are left because the job stops. */
  readonly recount: (wrong: WrongChain) => Promise<number>;
}

/**
 * Confirms that the blocks of divided files begin where units begin, and has those that do not counted again by the ranks that counted
 * them; see chain.ts. Every rank must call this after it has counted its blocks. A round is one gather and one scatter of some numbers
 * for each chain; there is one more than the longest sequence of wrong chains in a file.
 * @returns The number of blocks that are left, in the meaning of `blocksLeft`.
 * @throws AgreedFailure on all ranks if a chain cannot be counted.
 */
export async function confirmBlocks(
  world: Communicator,
  { counted, blocksLeft, recount }: Confirmation,
): Promise<number> {
  for (let left = blocksLeft; ;) {
    const [leftInAll = 0] = await world.allReduce(Float64Array.of(left), 'sum');
    if (leftInAll > 0) return left;
    const { wrong, isLast } = await nextRound(world, counted);
    if (isLast) {
      counted.settle();
      return 0;
    }
    left = await agree(world, async () => {
      let sum = 0;
      for (const one of wrong) sum += await recount(one);
      return sum;
    });
  }
}

/** Lets rank 0 judge the chains of all ranks. @returns The wrong chains of this rank, which are removed from `counted`. */
async function nextRound(
  world: Communicator,
  counted: CountedBlocks,
): Promise<{ readonly wrong: WrongChain[]; readonly isLast: boolean }> {
  const reports = await world.gather(encodeChains(counted.chains), 0);
  const answer = await world.scatter(reports && answersTo(reports.map(decodeChains)), 0);
  const [total = 0, ...starts] = new Float64Array(answer.slice().buffer);
  const wrong = Array.from({ length: starts.length / 3 }, (_, index) => {
    const [first = 0, from = 0, sum = unknownSum] = starts.slice(3 * index);
    return { chain: counted.remove(first), start: sum === unknownSum ? { from } : { from, sum } };
  });
  return { wrong, isLast: total === 0 };
}

const unknownSum = -1;

/** Returns the answer to each rank, as bytes: the number of all wrong chains, then the first block and the start of each of its own. */
function answersTo(reports: readonly (readonly Chain[])[]): Uint8Array[] {
  const owned = reports.flatMap((chains, rank) => chains.map((chain) => ({ chain, rank })));
  owned.sort((one, other) => one.chain.first - other.chain.first);
  const answers: number[][] = reports.map(() => []);
  let total = 0;
  for (const [index, verdict] of judge(owned.map(({ chain }) => chain)).entries()) {
    const { chain, rank } = owned[index] ?? {};
    if (typeof verdict !== 'object' || chain === undefined || rank === undefined) continue;
    total += 1;
    answers[rank]?.push(chain.first, verdict.from, verdict.sum ?? unknownSum);
  }
  return answers.map((answer) => new Uint8Array(Float64Array.of(total, ...answer).buffer));
}
