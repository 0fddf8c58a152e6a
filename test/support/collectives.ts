import type { Communicator } from '../../src/mpi/communicator.ts';

type Numbers = Int32Array | Uint8Array | Float64Array | BigUint64Array;

/** Ranks in one process, for code that needs collective operations alone. */
export class Collectives {
  readonly #size: number;
  /** The arguments of the ranks that have come to an operation, by rank, and the functions that let them go on. */
  #passed: unknown[] = [];
  #waiting: ((all: unknown[]) => void)[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  /** Runs `work` on all ranks. @returns What it returns, by rank. */
  run<T>(work: (world: Communicator) => Promise<T>): Promise<T[]> {
    return Promise.all(Array.from({ length: this.#size }, (_, rank) => work(this.#communicator(rank))));
  }

  #communicator(rank: number): Communicator {
    const reduceAll = async <T extends Numbers>(array: T, op: 'sum' | 'min' | 'max'): Promise<T> =>
      combine((await this.#meet(rank, array.slice())) as T[], op);
    const world: Pick<Communicator, 'rank' | 'size'> & Record<string, unknown> = {
      rank,
      size: this.#size,
      broadcast: async (array: Numbers, root: number) => {
        const all = (await this.#meet(rank, array.slice())) as Numbers[];
        (array as Uint8Array).set(all[root] as Uint8Array);
      },
      allReduce: reduceAll,
      reduce: async (array: Numbers, op: 'sum', root: number) => {
        const result = await reduceAll(array, op);
        return rank === root ? result : undefined;
      },
      gather: async (array: Numbers, root: number) => {
        const all = await this.#meet(rank, array.slice());
        return rank === root ? all : undefined;
      },
    };
    return world as unknown as Communicator;
  }

  /** Resolves with what all ranks passed when all have come. */
  #meet(rank: number, passed: unknown): Promise<unknown[]> {
    this.#passed[rank] = passed;
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) < this.#size) return;
      const [all, waiting] = [this.#passed, this.#waiting];
      [this.#passed, this.#waiting] = [[], []];
      for (const goOn of waiting) goOn(all);
    });
  }
}

function combine<T extends Numbers>(arrays: readonly T[], op: 'sum' | 'min' | 'max'): T {
  const result = arrays[0]!.slice() as T;
  const numbers = result as unknown as number[];
  for (const array of arrays.slice(1)) {
    for (const [index, value] of (array as unknown as number[]).entries()) {
      const before = numbers[index]!;
      if (op === 'sum') numbers[index] = before + value;
      else numbers[index] = (op === 'min') === value < before ? value : before;
    }
  }
  return result;
}
