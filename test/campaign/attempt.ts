import type { ScheduleKind } from '../../src/job/plan/plan.ts';
import { runJob, type Mpi, type Outcome } from '../support/job.ts';
import type { Question } from './corpus.ts';
import type { Death } from './deaths.ts';
import type { Dice } from './dice.ts';
import { readJournals, type Journals } from './journals.ts';
import { describe, killAll, tagged, waitForEnd } from './processes.ts';
import { strike } from './strike.ts';

// Seconds. From the blow, or where there is none from the end of mpirun, all processes of a job have this long to end.
const timeToEnd = 10;
// For a job from its start to its end, on a busy machine.
const timeout = 120;

/** A job that is to be hit, or to run to its end. */
export interface Attempt {
  readonly mpi: Mpi;
  readonly ranks: number;
  readonly schedule: ScheduleKind;
  readonly resume: boolean;
  /** Undefined for a job that is left in peace. */
  readonly death: Death | undefined;
}

export interface Place {
  readonly logDir: string;
  readonly tag: string;
  /** The library made of slow.c. */
  readonly preload: string;
}

export interface AttemptResult {
  /** Undefined when it had to be killed in the end. */
  readonly outcome: Outcome | undefined;
  /** Seconds from the blow, or from the end of mpirun, to the end of the last process. */
  readonly ending: number;
  readonly hang: string | undefined;
  /** What was in the log folder before. */
  readonly before: Journals;
}

export async function runAttempt(
  attempt: Attempt,
  question: Question,
  { logDir, tag, preload }: Place,
  dice: Dice,
): Promise<AttemptResult> {
  const { mpi, ranks, death } = attempt;
  const before = readJournals(logDir);
  const blocks = Math.ceil(question.bytes / question.blockSize);
  const timeToCount = death?.timeToCount ?? 0.5;
  const wait = Math.min(20_000, Math.round((timeToCount * 1e6 * ranks) / blocks));
  const environment = {
    ...tagged(tag),
    LD_PRELOAD: preload,
    CAMPAIGN_READ_MICROSECONDS: String(wait),
    ...death?.faults?.(dice, ranks),
  };
  const args = commandLine(question, logDir, [
    ...['--schedule', attempt.schedule],
    ...(attempt.resume ? ['--resume'] : []),
    ...(death?.options?.(dice) ?? []),
  ]);
  let launcher = 0;
  let ended = false;
  const job = runJob(mpi, ranks, args, { timeoutSeconds: timeout, environment, onStart: (pid) => (launcher = pid) })
    .catch((error: unknown) => error as Error)
    .finally(() => (ended = true));
  const missing = blocks - before.blocks;
  const running = { mpi, logDir, tag, ranks, launcher, ended: () => ended, before, missing };
  const struck = death?.blow && (await strike(death.blow, running, dice));
  if (struck === undefined) await job; // left to itself
  const since = struck ?? performance.now();
  const passed = () => (performance.now() - since) / 1000;
  const alive = death?.overtaken === true ? [] : await waitForEnd(tag, timeToEnd - passed());
  const ending = passed();
  const hang = alive.length > 0 ? `alive after ${ending.toFixed(1)} s: ${alive.map(describe).join(', ')}` : undefined;
  if (hang !== undefined) killAll(tag);
  const outcome = await job;
  if (outcome instanceof Error) return { outcome: undefined, ending, hang: hang ?? outcome.message, before };
  return { outcome, ending, hang, before };
}

function commandLine({ args, files, blockSize }: Question, logDir: string, more: string[]): string[] {
  // pread() is what is made slow.
  const ways = ['--io', 'read', '--block-size', String(blockSize), '--log-dir', logDir];
  return ['count', ...ways, ...more, ...args, ...files];
}
