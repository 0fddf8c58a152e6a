import type { Environment } from './system.ts';

/** What `mpicount launch` needs to know from a scheduler. Each scheduler has a file of its own. */
export interface Scheduler {
  readonly name: string;
  /** The identifier of the job, or of a single task in an array. It names the log folder below logs/. */
  readonly job: string;
  /** An identifier that stays the same when the job restarts. */
  readonly series: string;
  /** The number of times that the scheduler has restarted this job. */
  readonly restarts: number;
  readonly ranks: number;
  /** The default of MPICOUNT_LAUNCH. */
  readonly launcher: readonly string[];
  /** Options for the program, which options of the user override. */
  readonly options: readonly string[];
  /** Environment variables for the launcher and the ranks, set unless the user has set them. */
  readonly settings: Environment;
  /** Whether a start resumes the count in the log folder. */
  readonly resumes: boolean;
  /** Whether a user runs it interactively, without a scheduler; the user is then shown the command. */
  readonly isByHand: boolean;
  /** Returns the options or variables that tell the program its time limit. */
  timeLimit(): Promise<TimeLimit>;
  /** Returns whether a node of the job does not respond. */
  nodeIsGone(): Promise<boolean>;
  /**
   * Restarts the job with this log folder. Absent if the job cannot be restarted.
   * @returns When it continues, for messages; undefined when the scheduler refused.
   */
  readonly startAgain?: (logs: string) => Promise<string | undefined>;
  /** The command with which a user resumes a count; options and arguments follow. */
  readonly resumeCommand: string;
}

export interface TimeLimit {
  readonly options?: readonly string[];
  readonly settings?: Environment;
}

/** The defaults for a scheduler without the feature. */
export const nothingKnown = {
  restarts: 0,
  options: [],
  settings: {},
  resumes: true,
  isByHand: false,
  timeLimit: (): Promise<TimeLimit> => Promise.resolve({}),
  nodeIsGone: () => Promise.resolve(false),
};

/** Parses an integer of at least 1; undefined for any other text. */
export function positive(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}
