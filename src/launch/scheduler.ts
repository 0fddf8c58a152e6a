import type { Environment } from './system.ts';

/** What the launching program asks of the scheduler that runs it; one file each. */
export interface Scheduler {
  readonly name: string;
  /** The job; in an array, the task alone. A folder below logs/ has this name. */
  readonly job: string;
  /** What stays the same when the job starts again. */
  readonly series: string;
  /** How often the scheduler has started this job again. */
  readonly restarts: number;
  readonly ranks: number;
  /** Used when MPICOUNT_LAUNCH does not say. */
  readonly launcher: readonly string[];
  /** Options for the program that those of the user overrule. */
  readonly options: readonly string[];
  /** Environment variables for the launcher and the ranks, unless they are set. */
  readonly settings: Environment;
  /** Whether a start goes on with what earlier ones left in the log folder. */
  readonly resumes: boolean;
  /** Whether a person sits in front of it, who is told what runs, on a machine that no scheduler has set up. */
  readonly isByHand: boolean;
  /** Tells the program when its time is up. */
  timeLimit(): Promise<TimeLimit>;
  /** Whether a node of the job does not answer. */
  nodeIsGone(): Promise<boolean>;
  /**
   * Has the job start again, with this log folder. Absent where that cannot be.
   * @returns When it goes on, for a person; undefined when the scheduler refused.
   */
  readonly startAgain?: (logs: string) => Promise<string | undefined>;
  /** How a person goes on; options and arguments follow. */
  readonly resumeCommand: string;
}

export interface TimeLimit {
  readonly options?: readonly string[];
  readonly settings?: Environment;
}

/** What a scheduler without such a notion answers. */
export const nothingKnown = {
  restarts: 0,
  options: [],
  settings: {},
  resumes: true,
  isByHand: false,
  timeLimit: (): Promise<TimeLimit> => Promise.resolve({}),
  nodeIsGone: () => Promise.resolve(false),
};

/** A whole number of at least 1; undefined for all else. */
export function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
