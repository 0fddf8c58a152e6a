import { nothingKnown, type Scheduler } from './scheduler.ts';

/**
 * This machine, as `npm start` uses it.
 * @param job Names the log folder.
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
