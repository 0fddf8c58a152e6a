import { readFileSync } from 'node:fs';

import { parseCount } from '../../src/cli/count-options.ts';
import { runCount } from '../../src/job/run.ts';
import { StopCoordinator } from '../../src/job/stop/stop.ts';
import type { Rank } from '../../test/jobs/programs/rank.ts';

/** Of one rank, in bytes. */
export interface Memory {
  /** The most that was resident at any time. */
  readonly peak: number;
  /** Resident after the count, while all ranks are still there. */
  readonly resident: number;
  /** Of that, what no other process has. */
  readonly private: number;
}

/**
 * Counts, and then looks at what this rank takes of the machine's memory.
 * @param args As of `mpicount count`; with `--io read`, so that the input is not part of it.
 */
export async function memory({ session }: Rank, args: string[]): Promise<Memory> {
  await runCount(session, () => parseCount(args).request, new StopCoordinator());
  const { world } = session;
  await world.barrier();
  const rollup = readFileSync('/proc/self/smaps_rollup', 'utf8');
  const status = readFileSync('/proc/self/status', 'utf8');
  await world.barrier();
  return {
    peak: kilobytes(status, 'VmHWM'),
    resident: kilobytes(rollup, 'Rss'),
    private: kilobytes(rollup, 'Private_Clean') + kilobytes(rollup, 'Private_Dirty'),
  };
}

function kilobytes(text: string, name: string): number {
  const [, value] = new RegExp(`^${name}:\\s*(\\d+) kB$`, 'm').exec(text) ?? [];
  if (value === undefined) throw new Error(`the kernel does not tell ${name}`);
  return Number(value) * 1024;
}
