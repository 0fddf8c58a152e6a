import { printable } from '../../base/bytes.ts';
import { OutputError } from '../../job/durable/output-error.ts';
import { decodeArguments } from '../../launch/argument-code.ts';
import { readArguments } from '../../launch/argument-file.ts';
import { writeOutcome } from '../../launch/outcome.ts';
import { bytesOf } from '../arguments.ts';
import type { JobCommandLine } from '../count-options.ts';
import { outputIsLost, writeOut } from '../standard-output.ts';

// The protocol between `mpicount launch` and the ranks that it starts. These words are not for users.

const outcomeWord = '--outcome';
const argumentsWord = '--arguments';

let outcomeFile: Buffer | undefined;

/** Returns the words that `mpicount launch` puts before a command. */
export function handoverWords(outcome: string): string[] {
  return [outcomeWord, outcome];
}

/** Returns the words that stand for a command and its arguments when a file holds them. */
export function argumentFileWords(file: string): string[] {
  return [argumentsWord, file];
}

export function isHandoverWord(argument: string): boolean {
  return argument === outcomeWord || argument === argumentsWord;
}

/** Returns the command and its arguments, or the words that stand for them, without what `mpicount launch` put before them. */
export function takeHandover(args: readonly string[]): string[] {
  const words = decodeArguments(args);
  const [word, file, ...rest] = words;
  if (word !== outcomeWord || file === undefined) return words;
  outcomeFile = bytesOf(file);
  return rest;
}

/**
 * Returns the command and its arguments as the user typed them, which `mpicount launch` may have left in a file.
 * @throws LaunchError if that file cannot be read.
 */
export function expandArguments(words: readonly string[]): string[] {
  const [word, file] = words;
  return outcomeFile && word === argumentsWord && file !== undefined ? readArguments(bytesOf(file)) : [...words];
}

/**
 * Delivers the totals: to `mpicount launch`, which prints them, or to standard output.
 * @param totals The totals in parts, which can be iterated several times.
 * @param status The exit status of the job, which has totals: `done` or `skipped`.
 * @throws OutputError
 */
export function deliver(totals: Iterable<Buffer>, status: number): void {
  if (outcomeFile) writeOutcome(outcomeFile, { status, output: totals });
  else for (const part of totals) writeOut(part);
}

/**
 * Checks, before anything is counted, that the totals will reach someone. With a log folder, they will be in its result.json.
 * @throws OutputError
 */
export function checkDelivery(command: JobCommandLine): JobCommandLine {
  if (outcomeFile || !outputIsLost()) return command;
  const { logDir, notes } = command.request;
  if (!logDir) {
    const what = 'it is closed, or discarded by what started mpicount; redirect it to a file, or give --log-dir';
    throw new OutputError('to standard output', new Error(`${what}, where result.json keeps the totals`));
  }
  const note = `standard output is closed; ${printable(logDir)}/result.json has the totals when all is counted`;
  return { ...command, request: { ...command.request, notes: [...notes, note] } };
}

/** Reports the exit status of a failed job to `mpicount launch`, because not every launcher passes it on. */
export function reportFailure(status: number): void {
  if (!outcomeFile) return;
  try {
    writeOutcome(outcomeFile, { status, output: [] });
  } catch {
    // `mpicount launch` then uses the launcher's exit status.
  }
}
