import { nothingKnown, type Scheduler } from './scheduler.ts';

/**
 * Returns the stand-in for a scheduler on this machine, which `npm start` uses.
 * @param job The name of the log folder.
 */
export function noScheduler(job: string, ranks: number): Scheduler {
  return {
    ...nothingKnown,
    name: 'this machine',
    job,
    series: job,
    ranks,
    launcher: ['mpirun'],
    resumes: false,
    isByHand: true,
    resumeCommand: 'npm start -- --resume',
  };
}
