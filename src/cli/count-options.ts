import { printable } from '../bytes.ts';
import { ioChoices } from '../corpus/reading.ts';
import { logLevels, type CountRequest } from '../job/plan.ts';
import { bytesOf } from './arguments.ts';
import { parseDuration } from './duration.ts';
import { formats, type Format } from './format.ts';
import { parseChoice, splitArguments, type OptionTable } from './options.ts';
import { readFileList, readPatternFile } from './list-file.ts';
import { parseSize } from './size.ts';
import { UsageError } from './usage-error.ts';

/** The options of `mpicount count`; see help.ts for what they mean. */
export const countTable = {
  help: { type: 'boolean', short: 'h' },
  'ignore-case': { type: 'boolean', short: 'i' },
  word: { type: 'boolean', short: 'w' },
  overlapping: { type: 'boolean' },
  pattern: { type: 'string', short: 'e' },
  'pattern-file': { type: 'string', short: 'f' },
  'files-from': { type: 'string' },
  format: { type: 'string' },
  'log-dir': { type: 'string' },
  'block-size': { type: 'string' },
  threads: { type: 'string' },
  io: { type: 'string' },
  resume: { type: 'boolean' },
  'time-limit': { type: 'string' },
  log: { type: 'string' },
  'log-sync': { type: 'string' },
} satisfies OptionTable;

/** What `mpicount count` was asked for. */
export interface CountCommand {
  readonly request: CountRequest;
  readonly format: Format;
}

/**
 * Reads the command line of `mpicount count`, and pattern files that it names.
 * @throws UsageError, InputError
 */
export function parseCount(args: string[]): CountCommand {
  const { given, rest } = splitArguments(args, countTable);
  const last = (name: keyof typeof countTable) => given.findLast((option) => option.name === name)?.value;
  const patterns = given.flatMap(({ name, value }) => {
    if (name === 'pattern') return [checkedPattern(value)];
    return name === 'pattern-file' ? readPatternFile(bytesOf(value)) : [];
  });
  if (patterns.length === 0) {
    const [first] = rest.splice(0, 1);
    if (first === undefined) throw new UsageError('no pattern and no file; see: mpicount --help');
    patterns.push(checkedPattern(first));
  }
  const lists = given.flatMap(({ name, value }) => (name === 'files-from' ? [readFileList(bytesOf(value))] : []));
  const files = [rest.map(bytesOf), ...lists];
  if (rest.length === 0 && lists.length === 0) throw new UsageError('no file to count in; see: mpicount --help');
  if (rest.includes('-')) {
    throw new UsageError(
      "'-': standard input cannot be cut into slices; save it to a file first (a file of that name is ./-)",
    );
  }
  if (rest.includes('')) throw new UsageError('a file name is empty');
  const blockSize = last('block-size');
  return {
    format: parseChoice('--format', last('format'), formats),
    request: {
      patterns,
      files: { [Symbol.iterator]: () => oneAfterTheOther(files) },
      options: {
        ignoreCase: last('ignore-case') !== undefined,
        word: last('word') !== undefined,
        overlapping: last('overlapping') !== undefined,
      },
      blockSize: blockSize === undefined ? undefined : parseSize(blockSize, '--block-size'),
      threads: parseThreads(last('threads')),
      io: parseChoice('--io', last('io'), ioChoices),
      ...parseLogging(last),
    },
  };
}

function* oneAfterTheOther(lists: readonly Iterable<Buffer>[]): Generator<Buffer> {
  for (const list of lists) yield* list;
}

const mostThreads = 1000; // Node has up to 1024

function parseThreads(text: string | undefined): number {
  if (text === undefined) return 1;
  const threads = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (threads >= 1 && threads <= mostThreads) return threads;
  throw new UsageError(
    `--threads: '${printable(bytesOf(text))}' is not a number from 1 to ${mostThreads}; it is for each rank`,
  );
}

/** How many threads each rank is to have, as far as the command line makes sense: what does not is told later, and once. */
export function threadsWanted(args: string[]): number {
  // Ranks other than the first read no arguments, and splitting thousands takes long.
  if (!args.some((argument) => argument.startsWith('--threads'))) return 1;
  try {
    return parseThreads(splitArguments(args, countTable).given.findLast(({ name }) => name === 'threads')?.value);
  } catch {
    return 1;
  }
}

const defaultSyncSeconds = 10;

function parseLogging(
  last: (name: keyof typeof countTable) => string | undefined,
): Pick<CountRequest, 'logDir' | 'logging' | 'resume' | 'timeLimit'> {
  const logDir = last('log-dir');
  if (logDir === '') throw new UsageError('--log-dir: the folder name is empty');
  const level = parseChoice('--log', last('log'), logLevels);
  const [sync, limit] = [last('log-sync'), last('time-limit')];
  const resume = last('resume') !== undefined;
  for (const [given, option] of [
    [resume, '--resume'],
    [limit !== undefined, '--time-limit'],
  ] as const) {
    if (!given) continue;
    if (logDir === undefined) throw new UsageError(`${option} needs --log-dir, where what is counted is kept`);
    if (level !== 'blocks') throw new UsageError(`${option} needs --log blocks, not --log ${level}`);
  }
  return {
    logDir: logDir === undefined ? undefined : bytesOf(logDir),
    logging: {
      level,
      syncSeconds: sync === undefined ? defaultSyncSeconds : parseDuration(sync, '--log-sync'),
    },
    resume,
    timeLimit: limit === undefined ? undefined : parseDuration(limit, '--time-limit'),
  };
}

function checkedPattern(value: string): Buffer {
  if (value === '') throw new UsageError('an empty pattern is nowhere and everywhere; give at least one byte to count');
  const pattern = bytesOf(value);
  if (!value.includes('\n')) return pattern;
  throw new UsageError(
    `the pattern '${printable(pattern)}' contains a newline; patterns are within a line, each with its own -e`,
  );
}
