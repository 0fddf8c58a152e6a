import { printable } from '../base/bytes.ts';
import { agree, AgreedFailure } from '../job/agree.ts';
import { Notes } from '../job/notes/notes.ts';
import { runCount } from '../job/run.ts';
import { SpeakerElection } from '../job/speaker-election.ts';
import { StopCoordinator } from '../job/stop/stop.ts';
import { exitNow } from '../scan/scanner.ts';
import { readLauncher, type Launcher } from '../mpi/launcher.ts';
import { watchLauncher } from '../mpi/launcher-watch.ts';
import { startSession, type Session } from '../mpi/session.ts';
import { packageVersion } from '../base/package.ts';
import { ProgressPrinter } from '../report/progress-printer.ts';
import { byteArguments, bytesOf } from './arguments.ts';
import { parseBuild, runBuild } from './build.ts';
import { completionScript } from './completion/completion.ts';
import { answer, completeWord } from './completion/protocol.ts';
import { parseCount, parseWc, threadsWanted } from './count-options.ts';
import { checkDoctorArguments, runDoctor } from './doctor/doctor.ts';
import { ExitStatus } from './exit-status.ts';
import { beforeErrors, exitTogether, fail, printError } from './fail.ts';
import { formatResult } from './format-result.ts';
import { checkDelivery, deliver, expandArguments, takeHandover } from './launch/handover.ts';
import { keepHeapSmall } from './heap.ts';
import { helpFor } from './help/help-for.ts';
import { runLaunch } from './launch/launch.ts';
import { checkNode } from './node-version.ts';
import { jobs, type JobName } from './options/jobs.ts';
import { printInvalid, printSkipped } from './print-skipped.ts';
import { progressScreen } from './progress-screen.ts';
import { runReport } from './report.ts';
import { writeOut } from './standard-output.ts';
import { runStatus } from './status.ts';
import { concurrentChecks, reserveThreads, startThreads } from './threads.ts';
import { UsageError } from './usage-error.ts';

let launcher: Launcher | undefined;
let session: Session | undefined;
let election: SpeakerElection | undefined;

async function main(words: string[]): Promise<void> {
  checkNode();
  launcher = readLauncher(process.env);
  const [command = '', ...args] = expandArguments(words);
  const help = helpFor(command, args);
  if (help !== undefined) {
    print(help);
    return;
  }
  switch (command) {
    case 'count':
    case 'wc':
      await runJob(command, args);
      break;
    case 'status':
      if (isFirst()) await runStatus(args);
      break;
    case 'report':
      // Ranks load nothing of what writes reports.
      if (isFirst()) await runReport(args);
      break;
    case 'doctor':
      await doctor(args);
      break;
    case 'build':
      build(parseBuild(args));
      break;
    case 'launch':
      exitNow(await runLaunch(args));
    case 'completion':
      if (isFirst()) print(completionScript(args));
      break;
    case completeWord:
      print(answer(args));
      break;
    case '--version':
    case '-V':
      print(`mpicount ${packageVersion}\n`);
      break;
    default:
      await rejectCommand(noSuchCommand(command));
  }
}

const parsers: Readonly<Record<JobName, typeof parseCount>> = { count: parseCount, wc: parseWc };

async function runJob(name: JobName, args: string[]): Promise<void> {
  // Without a launcher, errors in the command line are reported without starting MPI.
  const parse = () => checkDelivery(parsers[name](args, launcher?.size));
  let command = launcher ? undefined : parse();
  const stop = new StopCoordinator();
  // Only rank 0 knows whether the job can be stopped; it tells the other ranks once MPI has started.
  if (!command || command.request.logDir) stop.arm();
  reserveThreads(threadsWanted(args, jobs[name].options), isFirst() ? concurrentChecks : undefined);
  keepHeapSmall();
  if (launcher) watchLauncher(endWithLauncher);
  session = startSession(launcher);
  election = new SpeakerElection(session.world);
  election.serve();
  await startThreads(session.world);
  const notes = new Notes((text) => {
    printError(`note: ${text}`);
  });
  const progress = new ProgressPrinter(
    () => command?.request.progress ?? 'auto',
    () => progressScreen(launcher),
  );
  beforeErrors(() => {
    progress.clear();
  });
  const { skips, result } = await runCount(session, () => (command ??= parse()).request, stop, notes, progress);
  const status = skips ? ExitStatus.skipped : ExitStatus.done;
  if (result) progress.summarize({ seconds: result.seconds, skippedFiles: result.skipped?.files ?? 0 });
  if (result?.skipped) printSkipped(result.skipped, result.files, command?.request.logDir);
  if (result?.invalid) printInvalid(result.invalid);
  if (result) {
    const format = command?.format ?? 'text';
    deliver({ [Symbol.iterator]: () => formatResult(result, format) }, status);
  }
  election.stop();
  session.finalize();
  if (status !== ExitStatus.done) session.exit(status);
}

async function doctor(args: string[]): Promise<void> {
  try {
    checkDoctorArguments(args);
  } catch (error) {
    await rejectCommand(error);
  }
  await runDoctor(launcher, (started) => (session = started));
}

/** Runs the build without MPI, which may not be installed yet. */
function build(words: string[]): void {
  if (isFirst()) process.exitCode = runBuild(words);
}

function noSuchCommand(command: string): UsageError {
  const shown = printable(bytesOf(command));
  const help = 'see also: mpicount --help';
  if (command === '') return new UsageError('no command; see: mpicount --help');
  if (command.startsWith('-')) {
    return new UsageError(
      `'${shown}' is no command; options follow the command, as in: mpicount count ${shown}; ${help}`,
    );
  }
  return new UsageError(`'${shown}' is no command; to count it: mpicount count ${shown} FILE; ${help}`);
}

/** Rejects the command line. All ranks get here, so they agree through MPI: one reports the error, and all exit with its status. */
async function rejectCommand(error: unknown): Promise<never> {
  if (launcher) {
    session = startSession(launcher);
    await agree(session.world, () => {
      throw error;
    });
  }
  throw error;
}

/** Returns whether this process does what has to be done once per job without MPI. */
function isFirst(): boolean {
  return (launcher?.rank ?? 0) === 0;
}

function print(text: string): void {
  if (isFirst()) writeOut(Buffer.from(text));
}

/** Ends this rank, whose launcher has ended, without MPI, which may wait for the launcher. The journal has what was counted. */
function endWithLauncher(): void {
  printError('the launcher has ended; to go on, start the job again');
  exitNow(ExitStatus.mpi);
}

function onFatalError(error: unknown): void {
  if (session && error instanceof AgreedFailure) exitTogether(error, session).catch(onFatalError);
  else fail(error, { launcher, session, election });
}

process.on('uncaughtException', onFatalError);
main(takeHandover(byteArguments())).catch(onFatalError);
