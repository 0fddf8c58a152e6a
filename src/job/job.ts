import type { Assignment } from '../corpus/assignment.ts';
import type { BlockRange } from '../corpus/grid.ts';
import type { Io } from '../corpus/io-method.ts';
import type { Findings } from '../scan/findings.ts';
import type { CountRequest, Logging, Plan, PlanHeader } from './plan/plan.ts';

// What a job is, on rank 0 before it begins, and on each rank.

/** How all ranks are to count. */
export interface JobSettings {
  /** Of the plan, for its log; see plan-file.ts. */
  readonly identity: string;
  readonly logging: Logging;
  readonly threads: number;
  readonly io: Io;
  /** Whether there will be a journal, so that the job may be stopped. */
  readonly resumable: boolean;
  /** Whether an earlier run began this count. */
  readonly resumed: boolean;
  /** Whether files may grow, which are then counted up to their size in the plan. */
  readonly allowGrowth: boolean;
  /** By rank 0's clock; see deadline.ts. */
  readonly stopAt: number | undefined;
}

/** What rank 0 finds out before all begin. */
export interface PreparedJob {
  readonly plan: Plan;
  readonly terms: JobSettings;
  /** The blocks that are to be counted, in order: all of them, or those that earlier runs left. */
  readonly missing: readonly BlockRange[];
  /** The counts of all other blocks, one for each pattern. */
  readonly counted: BigUint64Array;
  /** What earlier runs found out about the texts in these blocks. */
  readonly findings: Findings;
  /** Pipes that are to be counted, too, and standard input; only in a job of one rank. */
  readonly streams: readonly Buffer[];
  readonly request: Pick<CountRequest, 'typedPatterns' | 'notes' | 'resume'>;
}

/** What a rank is to do. */
export interface Job {
  readonly plan: PlanHeader;
  readonly terms: JobSettings;
  readonly share: Assignment;
  /** Where this rank's sums begin, one for each pattern: on rank 0, with the counts of what earlier runs counted. */
  readonly sums: BigUint64Array;
  /** What was found out about texts, in the same way. */
  readonly findings: Findings;
}
