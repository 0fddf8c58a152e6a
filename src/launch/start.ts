import { existsSync } from 'node:fs';

import { encodeFiles, outputFiles, outputVariable } from '../corpus/output-files.ts';
import type { Access } from '../job/durable/access.ts';
import { encodeArguments } from './argument-code.ts';
import { needFile } from './argument-file.ts';
import { identifyLauncher, newSettings, settingsOnThisMachine, type LauncherKind } from './launcher-kind.ts';
import { unusedFolder } from './log-folder.ts';
import { byteString, quoteWords } from './quote.ts';
import type { Scheduler } from './scheduler.ts';
import { withoutSubmission } from './submission.ts';
import type { Environment, System } from './system.ts';

/** The command to launch. The arguments and the log folder have one character per byte; the program is text. */
export interface Task {
  /** The program that runs on each rank, without arguments, such as `node mpicount.cjs`. */
  readonly program: readonly string[];
  readonly command: string;
  readonly args: readonly string[];
  /** The log folder, and whether the arguments name it. */
  readonly logDir: { readonly path: string; readonly isGiven: boolean };
  /** The permissions of the log folder. */
  readonly access: Access;
  /** Whether a command with these arguments can be resumed. */
  readonly resumable: boolean;
  /** The command with which a user resumes it; undefined for a count, which each scheduler has a job script for. */
  readonly resumeCommand?: string | undefined;
  /** Returns the words before the command that make the program write its outcome to a file. */
  handover(outcome: string): string[];
  /** Returns the words that stand for a command and its arguments when a file holds them. */
  inFile(file: string): string[];
  readonly isOwnOption: (argument: string) => boolean;
}

/** One start of a launcher. */
export interface Start {
  readonly launcher: string;
  readonly kind: LauncherKind;
  readonly logs: string;
  readonly environment: Environment;
  /** mpicount's own command and its arguments, with one character per byte. */
  readonly words: readonly string[];
  /** Whether the words are too many for a launcher and have to be passed in a file. */
  readonly needsFile: boolean;
  /** Returns the launcher's command line for some words. */
  command(words: readonly string[]): string[];
  /** The command line as a user could type it. */
  readonly shown: string;
}

/** Plans how to start the ranks of a job. */
export async function planStart(system: System, scheduler: Scheduler, task: Task): Promise<Start> {
  const { environment } = system;
  const launcher = words(environment['MPICOUNT_LAUNCH'] ?? '') ?? scheduler.launcher;
  const kind = await identifyLauncher(system, launcher);
  const resumes = task.resumable && scheduler.resumes;
  const time = resumes ? await scheduler.timeLimit() : {};
  const { path, isGiven } = task.logDir;
  const logs = isGiven || resumes ? path : unusedFolder(path);

  const options = [
    ...(isGiven ? [] : ['--log-dir', logs]),
    ...(resumes ? ['--resume'] : []),
    ...scheduler.options,
    ...(time.options ?? []),
  ];
  const encoded = (own: readonly string[]) => encodeArguments(own, task.isOwnOption);
  const command = (own: readonly string[]) => [
    ...launcher,
    '-n',
    String(scheduler.ranks),
    ...task.program,
    ...encoded(own),
  ];
  const allWords = [task.command, ...options, ...task.args];
  const local = scheduler.isByHand ? settingsOnThisMachine(kind, system, scheduler) : {};
  const settings = newSettings({ ...scheduler.settings, ...time.settings, ...local }, environment);
  return {
    launcher: launcher[0] ?? '',
    kind,
    logs,
    words: allWords,
    needsFile: needFile(encoded(allWords)),
    command,
    environment: {
      ...withoutSubmission(environment),
      ...settings,
      [outputVariable]: encodeFiles(outputFiles(environment)),
      NODE_EXTRA_CA_CERTS: undefined, // Node would parse these certificates in each rank, and mpicount uses no TLS
    },
    shown: quoteWords([...assignments(settings), ...command(allWords)].map(byteString)),
  };
}

function assignments(settings: Environment): string[] {
  const all = Object.entries(settings).map(([name, value]) => `${name}=${value ?? ''}`);
  return all.length === 0 ? [] : ['env', ...all];
}

/** Splits a command in MPICOUNT_LAUNCH into words; undefined when it is empty. */
function words(text: string): string[] | undefined {
  if (text.includes('/') && existsSync(text)) return [text]; // a path may have blanks
  const found = text.split(/\s+/).filter((word) => word !== '');
  return found.length === 0 ? undefined : found;
}
