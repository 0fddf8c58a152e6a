import type { Communicator } from '../../src/mpi/communicator.ts';

/** What an operation of all ranks took; one figure for each time that it was done. */
export interface Timed {
  readonly name: string;
  /** From when the last rank began to when the last was done. */
  readonly seconds: readonly number[];
  /** CPU time, the mean over the ranks. */
  readonly cpuSeconds: readonly number[];
}

/**
 * Has all ranks do the same at once, so many times.
 * @param before What a rank does first, which is not timed.
 */
export async function timed(
  world: Communicator,
  name: string,
  times: number,
  work: () => unknown,
  before?: () => Promise<unknown>,
): Promise<Timed> {
  const [starts, ends, cpu] = [new Float64Array(times), new Float64Array(times), new Float64Array(times)];
  for (let turn = 0; turn < times; turn += 1) {
    await world.barrier();
    await before?.();
    const used = process.cpuUsage();
    starts[turn] = now();
    await work();
    ends[turn] = now();
    const { user, system } = process.cpuUsage(used);
    cpu[turn] = (user + system) / 1e6;
  }
  const lastStarts = await world.allReduce(starts, 'max');
  const lastEnds = await world.allReduce(ends, 'max');
  const cpuSums = await world.allReduce(cpu, 'sum');
  return {
    name,
    seconds: Array.from(lastEnds, (end, turn) => end - (lastStarts[turn] ?? NaN)),
    cpuSeconds: Array.from(cpuSums, (sum) => sum / world.size),
  };
}

/** Seconds, by a clock that all processes of a machine share. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}
