import type { Assignment } from '../corpus/assignment.ts';
import type { FileTable } from '../corpus/file-table.ts';
import type { BlockRange } from '../corpus/grid.ts';
import type { Io } from '../corpus/io-method.ts';
import type { CompiledKernel } from '../scan/kernel.ts';
import type { Findings } from '../scan/findings.ts';
import type { RowSums } from '../tally/rows.ts';
import type { PendingChain } from './counting/counted-blocks.ts';
import type { RankLog } from './journal/rank-log.ts';
import type { CountRequest, Logging, Plan, PlanHeader, ScheduleKind, SkippedFiles } from './plan/plan.ts';
import type { AssignmentChecker } from './schedule/checked-assignment.ts';
import type { Assigner, CheckedAssignment } from './schedule/schedule.ts';
import type { RankSkips } from './skip/rank-skips.ts';

// The types of a job: as rank 0 prepares it, and as each rank gets it.

/** The settings of a job, which are the same on all ranks. */
export interface JobSettings {
  /** The identity of the plan (see plan-file.ts); empty without a log folder. */
  readonly identity: string;
  readonly logging: Logging;
  readonly threads: number;
  readonly io: Io;
  readonly schedule: ScheduleKind;
  /** Whether the job writes a journal and can therefore stop early. */
  readonly resumable: boolean;
  /** Whether this job resumes the count of an earlier run. */
  readonly resumed: boolean;
  /** Whether files may grow; they are then counted up to their size in the plan. */
  readonly allowGrowth: boolean;
  /** Whether files that cannot be read are skipped. */
  readonly skipUnreadable: boolean;
  /** Whether the ranks report their progress to rank 0. */
  readonly hasProgress: boolean;
  /** When to stop early, in milliseconds since 1970 by rank 0's clock; undefined without a limit. See deadline.ts. */
  readonly stopAt: number | undefined;
}

/** What rank 0 prepares before the job is distributed. */
export interface PreparedJob {
  readonly plan: Plan;
  readonly settings: JobSettings;
  /** The blocks to count, in order: all blocks, or those that no earlier run or round has counted. */
  readonly missing: readonly BlockRange[];
  /** The sum of the rows of all other blocks. */
  readonly counted: RowSums;
  /** The findings of earlier runs in those other blocks. */
  readonly findings: Findings;
  /** The chains of those other blocks, of which the counts are not in `counted`, unless a chain is certain. */
  readonly pending: readonly PendingChain[];
  /** The files that are skipped, which the plan has marked. */
  readonly skipped: SkippedFiles;
  /** Pipes and standard input, which only a job of one rank can count. */
  readonly streams: readonly Buffer[];
  readonly request: Pick<CountRequest, 'typedPatterns' | 'notes' | 'resume' | 'decompress'>;
}

/** The state of a rank that is ready to count. A job has one round, unless files are skipped; see skip/skip-round.ts. */
export interface Round {
  /** Undefined on all ranks but rank 0. */
  readonly prepared: PreparedJob | undefined;
  readonly job: Job;
  /** The first assignment of this rank. */
  readonly assignment: CheckedAssignment;
  /** Checks the files of further assignments. */
  readonly checker: AssignmentChecker;
  readonly kernel: CompiledKernel;
  readonly log: RankLog;
  /** The files that this rank skips; undefined if no file is to be skipped. */
  readonly skips: RankSkips | undefined;
}

/** What one rank needs to do its part of the job. */
export interface Job {
  readonly plan: PlanHeader;
  readonly settings: JobSettings;
  /** The blocks that this rank is assigned before counting begins, with their files. */
  readonly assignment: Assignment;
  /** Makes further assignments; undefined on all ranks but rank 0, and if there are none. */
  readonly assigner: Assigner | undefined;
  /** At least one file in each format that this rank may be assigned files in. */
  readonly decoded: FileTable;
  /** The accumulator of this rank. On rank 0 it starts with the counts of earlier runs. */
  readonly totals: RowSums;
  /** The accumulator of findings; it starts in the same way. */
  readonly findings: Findings;
}
