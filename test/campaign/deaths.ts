import { constants } from 'node:os';

import type { Mpi } from '../support/job.ts';
import type { Dice } from './dice.ts';

/** What a job is hit with, and where. */
export interface Blow {
  readonly signal: NodeJS.Signals;
  readonly target: 'one rank' | 'all ranks' | 'mpirun' | 'everything';
}

/** A way for a job to end before it is done. */
export interface Death {
  readonly name: string;
  /** Undefined when it ends by its own doing. */
  readonly blow?: Blow;
  /** Whether the next job may begin while processes of this one are still ending. */
  readonly overtaken?: boolean;
  /** What makes it end by itself. */
  readonly faults?: (dice: Dice, ranks: number) => Record<string, string>;
  readonly options?: (dice: Dice) => string[];
  /** How long counting takes all ranks when nothing happens, in seconds; half a second when undefined. */
  readonly timeToCount?: number;
  /** How mpirun ends, with 128 + N for signal N that it dies of; when the job was not done before, which is 0. */
  readonly statuses: Readonly<Record<Mpi, readonly number[]>>;
  /** An MPI whose mpirun may say 0 for a job that was not done. The totals tell the one from the other. */
  readonly deniedBy?: Mpi;
  /** The same as statuses, where a signal comes before the ranks listen to it, or when they do not any more. */
  readonly unheard?: Readonly<Record<Mpi, readonly number[]>>;
}

const both = (...statuses: readonly number[]) => ({ openmpi: statuses, mpich: statuses });

/**
 * When a rank dies of a signal. MPICH's mpirun adds the bits of SIGKILL, with which it ends the others, and says 255 when it
 * stumbles over a rank that dies in MPI_Finalize ("demux engine error").
 */
const byDefault = (signal: NodeJS.Signals) => {
  const number = constants.signals[signal];
  return { openmpi: [128 + number], mpich: [number, number | constants.signals.SIGKILL, 255] };
};

const fullDisk = (dice: Dice, ranks: number) => ({ CAMPAIGN_FAULT_RANK: String(dice.integer(0, ranks - 1)) });

const signals: readonly (readonly [string, NodeJS.Signals, Blow['target']])[] = [
  ['TERM a rank', 'SIGTERM', 'one rank'],
  ['INT a rank', 'SIGINT', 'one rank'],
  ['USR2 a rank', 'SIGUSR2', 'one rank'],
  ['TERM all ranks', 'SIGTERM', 'all ranks'],
];

export const deaths: readonly Death[] = [
  { name: 'KILL a rank', blow: { signal: 'SIGKILL', target: 'one rank' }, statuses: byDefault('SIGKILL') },
  { name: 'KILL mpirun', blow: { signal: 'SIGKILL', target: 'mpirun' }, timeToCount: 2, statuses: both(137) },
  {
    name: 'KILL mpirun, resume at once',
    blow: { signal: 'SIGKILL', target: 'mpirun' },
    overtaken: true,
    timeToCount: 2, // Open MPI's ranks go on for a second or two
    statuses: both(137),
  },
  { name: 'KILL all', blow: { signal: 'SIGKILL', target: 'everything' }, statuses: both(137) },
  ...signals.map(([name, signal, target]) => ({
    name,
    blow: { signal, target },
    statuses: both(85),
    unheard: byDefault(signal),
  })),
  {
    name: 'TERM mpirun',
    blow: { signal: 'SIGTERM', target: 'mpirun' },
    timeToCount: 2, // Open MPI's passes it on after a second
    // 4.0.2, whatever it runs: always with one rank (`mpirun -np 1 sleep 100`), now and then with several.
    deniedBy: 'mpich',
    statuses: { openmpi: [1], mpich: [85] },
    unheard: { openmpi: [1, 143], mpich: [15] },
  },
  {
    name: 'USR2 mpirun',
    blow: { signal: 'SIGUSR2', target: 'mpirun' },
    statuses: { openmpi: [85], mpich: [140] }, // MPICH's dies of it
    unheard: { openmpi: [140], mpich: [140] },
  },
  { name: 'time limit', options: (dice) => ['--time-limit', `${dice.integer(1, 40) / 100}s`], statuses: both(85) },
  {
    name: 'disk full',
    faults: (dice, ranks) => ({ ...fullDisk(dice, ranks), CAMPAIGN_LOG_BYTES: String(dice.size(1, 20_000)) }),
    statuses: both(5),
  },
  {
    name: 'disk full on sync',
    faults: (dice, ranks) => ({ ...fullDisk(dice, ranks), CAMPAIGN_SYNC_FAILS: '1' }),
    options: (dice) => ['--log-sync', dice.pick(['0.1', '10'])],
    statuses: both(5),
  },
];
