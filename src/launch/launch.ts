import { joinPath } from '../job/durable/output-error.ts';
import { LaunchError } from '../mpi/errors.ts';
import { writeArguments } from './argument-file.ts';
import { ArgumentsTooLongError } from './errors.ts';
import { goOn } from './go-on.ts';
import { LogFolder } from './log-folder.ts';
import { hasJournal } from './has-journal.ts';
import { hasOutcome, readOutcome, type Outcome } from './outcome.ts';
import { blocksDone } from './progress.ts';
import { byteString, quoteWords, shownWord } from './quote.ts';
import { requeueLimit } from './requeue.ts';
import type { Scheduler } from './scheduler.ts';
import { planStart, type Start, type Task } from './start.ts';
import { supervise, type Requests, type Supervised } from './supervise.ts';
import type { Ending, System } from './system.ts';
import { judge } from './verdict.ts';

/** The result of a launched job. */
export interface Launched {
  readonly status: number;
  /** The totals; empty unless the status is 0 or 6. */
  readonly output: Buffer;
  readonly logs: string;
}

/**
 * Runs a command with all ranks of a job to its end, and restarts the job if it can continue.
 * @param requests The requests that signals make; they may change at any time.
 * @throws LaunchError, OutputError, ArgumentsTooLongError
 */
export async function launch(system: System, scheduler: Scheduler, task: Task, requests: Requests): Promise<Launched> {
  const limit = requeueLimit(system.environment['MPICOUNT_REQUEUES']);
  const start = await planStart(system, scheduler, task);
  const folder = new LogFolder(Buffer.from(start.logs, 'latin1'), task.access);
  try {
    if (scheduler.isByHand) {
      system.printMessage(`running: ${shortened(start.shown)}`);
      system.printMessage(`rank logs: ${shownWord(start.logs)}/ranks`);
    }
    const before = task.resumable ? await blocksDone(folder.path) : 0;
    const hasProgressed = async () => (await blocksDone(folder.path)) > before;
    const ended = await runToItsEnd(system, { start, folder, task, isByHand: scheduler.isByHand }, requests);
    const verdict = await judge({
      ...ended,
      launcher: start.launcher,
      ended: requests.end,
      resumable: task.resumable,
      hasJournal: () => hasJournal(folder.path),
      nodeIsGone: () => scheduler.nodeIsGone(),
      hasProgressed,
    });
    if (verdict.message !== undefined) system.printMessage(verdict.message);
    if (scheduler.isByHand && verdict.status === 0 && hasJournal(folder.path)) {
      system.printMessage(`report: ${quoteWords([...task.program.map(byteString), 'report', start.logs])}`);
    }
    await goOn(system, scheduler, { task, logs: start.logs, verdict, limit, hasProgressed });
    return { status: verdict.status, output: verdict.output ?? Buffer.of(), logs: start.logs };
  } finally {
    folder.removeIfEmpty();
  }
}

interface Run {
  readonly start: Start;
  readonly folder: LogFolder;
  readonly task: Task;
  readonly isByHand: boolean;
}

/** Starts the ranks, waits for the launcher, and reads the outcome that the program wrote. */
async function runToItsEnd(
  system: System,
  { start, folder, task, isByHand }: Run,
  requests: Requests,
): Promise<Supervised & { readonly outcome: Outcome | undefined }> {
  const file = unpredictableName('outcome');
  const path = joinPath(folder.path, file);
  const argumentFile = start.needsFile ? unpredictableName('arguments') : undefined;
  if (argumentFile !== undefined) writeArguments(joinPath(folder.path, argumentFile), start.words);
  const words = argumentFile === undefined ? start.words : task.inFile(`${start.logs}/${argumentFile}`);
  const child = system.start(start.command([...task.handover(`${start.logs}/${file}`), ...words]), start.environment);
  const supervised = await supervise(child, requests, {
    stopSignal: task.resumable ? start.kind.stopSignal : undefined,
    isByHand,
    hasOutcome: () => hasOutcome(path),
  });
  const outcome = readOutcome(path);
  for (const name of [file, argumentFile]) if (name !== undefined) folder.remove(name);
  if (!outcome) refuseWhatDidNotStart(supervised.ending, start.launcher, system);
  return { ...supervised, outcome };
}

function refuseWhatDidNotStart({ startError }: Ending, launcher: string, { host }: System): void {
  if (!startError) return;
  if (startError.code === 'E2BIG') throw new ArgumentsTooLongError();
  if (startError.code === 'ENOENT') {
    throw new LaunchError(`no ${launcher} on ${host}; set MPICOUNT_LAUNCH to what starts MPI programs here`);
  }
  throw new LaunchError(`${launcher} cannot be started on ${host}: ${startError.message}`);
}

function shortened(command: string): string {
  const maxLength = 4000;
  return command.length <= maxLength ? command : `${command.slice(0, maxLength)} ... (${command.length} bytes)`;
}

/** Returns a file name that nobody can guess, so that the file must come from this job's ranks. */
function unpredictableName(start: string): string {
  return `${start}-${process.getBuiltinModule('node:crypto').randomUUID()}`;
}
