import { count } from './count.ts';
import { wc } from './wc.ts';

/** The commands that run a job. `mpicount launch` can start them. */
export const jobs = { count, wc } as const;
export type JobName = keyof typeof jobs;

export const jobNames = Object.keys(jobs) as JobName[];

/** Returns whether a word is the name of a command that runs a job. */
export function isJobName(word: string): word is JobName {
  return Object.hasOwn(jobs, word);
}
