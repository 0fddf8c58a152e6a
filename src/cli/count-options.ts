import { printable } from '../base/bytes.ts';
import { ioChoices } from '../corpus/io-method.ts';
import { lostWord } from '../job/notes/lost-word.ts';
import { logLevels, type CountRequest } from '../job/plan/plan.ts';
import type { TallySpec } from '../tally/tallies.ts';
import { bytesOf } from './arguments.ts';
import { parseDuration } from './duration.ts';
import { formats, type Format } from './format.ts';
import { parseChoice, splitArguments, type GivenOption, type OptionTable } from './options.ts';
import { checkLimits } from './lists/limits.ts';
import { standardInput } from './lists/list-bytes.ts';
import { readFileList, readPatternFile } from './lists/list-file.ts';
import { parseSize } from './size.ts';
import { UsageError } from './usage-error.ts';

/** The options of every command that runs a job. */
const jobTable = {
  help: { type: 'boolean', short: 'h' },
  'files-from': { type: 'string' },
  format: { type: 'string' },
  'log-dir': { type: 'string' },
  'block-size': { type: 'string' },
  threads: { type: 'string' },
  io: { type: 'string' },
  resume: { type: 'boolean' },
  'allow-growth': { type: 'boolean' },
  'time-limit': { type: 'string' },
  log: { type: 'string' },
  'log-sync': { type: 'string' },
  'log-mode': { type: 'string' },
  'log-shared': { type: 'boolean' },
} satisfies OptionTable;

/** The options of `mpicount count`. help.ts describes them. */
export const countTable = {
  'ignore-case': { type: 'boolean', short: 'i' },
  word: { type: 'boolean', short: 'w' },
  overlapping: { type: 'boolean' },
  pattern: { type: 'string', short: 'e' },
  'pattern-file': { type: 'string', short: 'f' },
  ...jobTable,
} satisfies OptionTable;

/** The options of `mpicount wc`. */
export const wcTable = {
  words: { type: 'string' },
  ...jobTable,
} satisfies OptionTable;

/** The parsed command line of `mpicount count` or `mpicount wc`. */
export interface JobCommandLine {
  readonly request: CountRequest;
  readonly format: Format;
}

/**
 * Parses the command line of `mpicount count` and reads the lists that it names.
 * @param ranks The number of ranks in the job.
 * @throws UsageError, InputError
 */
export function parseCount(args: string[], ranks = 1): JobCommandLine {
  const { given, rest } = splitArguments(args, countTable);
  const last = (name: keyof typeof countTable) => given.findLast((option) => option.name === name)?.value;
  const fromList = given.some(({ name }) => name === 'pattern-file');
  const typedPatterns = given.flatMap(({ name, value }) => (name === 'pattern' ? [checkedPattern(value)] : []));
  if (!fromList && typedPatterns.length === 0) {
    const [first] = rest.splice(0, 1);
    if (first === undefined) throw new UsageError('no pattern and no file; see: mpicount --help');
    typedPatterns.push(checkedPattern(first));
  }
  checkStandardInput(given, rest, ranks);
  const { patterns, notes } = fromList ? readPatterns(given) : { patterns: typedPatterns, notes: [] };
  checkLimits(patterns);
  const options = {
    ignoreCase: last('ignore-case') !== undefined,
    word: last('word') !== undefined,
    overlapping: last('overlapping') !== undefined,
  };
  return parseJob({ kind: 'count', patterns, options }, given, rest, { typedPatterns, notes });
}

/**
 * Parses the command line of `mpicount wc` and reads the lists that it names.
 * @param ranks The number of ranks in the job.
 * @throws UsageError, InputError
 */
export function parseWc(args: string[], ranks = 1): JobCommandLine {
  const { given, rest } = splitArguments(args, wcTable);
  checkStandardInput(given, rest, ranks);
  const last = (name: keyof typeof wcTable) => given.findLast((option) => option.name === name)?.value;
  const wordRule = `coreutils ${parseChoice('--words', last('words'), ['9.4', '9.5'])}` as const;
  return parseJob({ kind: 'wc', wordRule }, given, rest, { typedPatterns: [], notes: [] });
}

/** Parses what all commands that run a job have in common. @param rest The files on the command line. */
function parseJob(
  spec: TallySpec,
  given: readonly GivenOption[],
  rest: readonly string[],
  { typedPatterns, notes }: Pick<CountRequest, 'typedPatterns' | 'notes'>,
): JobCommandLine {
  const last = (name: keyof typeof jobTable) => given.findLast((option) => option.name === name)?.value;
  const lists = given.flatMap(({ name, value }) => (name === 'files-from' ? [readFileList(bytesOf(value))] : []));
  const named = rest.filter((name) => name !== standardInput);
  const files = [named.map(bytesOf), ...lists];
  if (rest.length === 0 && lists.length === 0) {
    throw new UsageError(`no file to count in${lostWord(typedPatterns)}; see: mpicount --help`);
  }
  if (rest.includes('')) throw new UsageError('a file name is empty');
  const blockSize = last('block-size');
  return {
    format: parseChoice('--format', last('format'), formats),
    request: {
      spec,
      typedPatterns,
      files: { [Symbol.iterator]: () => oneAfterTheOther(files) },
      standardInput: rest.includes(standardInput),
      notes: [...notes, ...lists.flatMap((list) => list.notes)],
      blockSize: blockSize === undefined ? undefined : parseSize(blockSize, '--block-size'),
      threads: parseThreads(last('threads')),
      io: parseChoice('--io', last('io'), ioChoices),
      allowGrowth: last('allow-growth') !== undefined,
      ...parseLogging(last),
    },
  };
}

/** Returns the patterns of all -e and -f options, in command-line order. */
function readPatterns(given: readonly GivenOption[]): { patterns: Buffer[]; notes: string[] } {
  const patterns: Buffer[] = [];
  const notes: string[] = [];
  for (const { name, value } of given) {
    if (name === 'pattern') patterns.push(bytesOf(value));
    if (name !== 'pattern-file') continue;
    const list = readPatternFile(bytesOf(value));
    for (const pattern of list.patterns) patterns.push(pattern); // too many for one call of push()
    notes.push(...list.notes);
  }
  return { patterns, notes };
}

const sameAsStandardInput = [standardInput, '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

/** @throws UsageError when two options read standard input, or when several ranks would have to share it. */
function checkStandardInput(given: readonly GivenOption[], files: readonly string[], ranks: number): void {
  const uses = given
    .filter(({ name, value }) => ['pattern-file', 'files-from'].includes(name) && sameAsStandardInput.includes(value))
    .map(({ name, value }) => `--${name} ${value}`);
  for (const name of files) if (sameAsStandardInput.includes(name)) uses.push(`the file ${name}`);
  if (uses.length > 1) {
    throw new UsageError(`standard input can be read only once, not by ${uses.slice(0, 2).join(' and by ')}`);
  }
  if (ranks > 1 && files.includes(standardInput)) {
    throw new UsageError(
      "'-': standard input cannot be cut into slices; save it to a file first, or count it with one rank " +
        '(a file of that name is ./-)',
    );
  }
}

function* oneAfterTheOther(lists: readonly Iterable<Buffer>[]): Generator<Buffer> {
  for (const list of lists) yield* list;
}

const maxThreads = 1000; // libuv's thread pool has at most 1024 threads

function parseThreads(text: string | undefined): number {
  if (text === undefined) return 1;
  const threads = /^[0-9]{1,6}$/.test(text) ? Number(text) : 0;
  if (threads >= 1 && threads <= maxThreads) return threads;
  throw new UsageError(
    `--threads: '${printable(bytesOf(text))}' is not a number from 1 to ${maxThreads}; it is for each rank`,
  );
}

/**
 * Returns the value of --threads, or 1 if the command line is invalid: parsing the whole reports that error, on one rank.
 * @param table The options of the command.
 */
export function threadsWanted(args: string[], table: OptionTable): number {
  // This runs on all ranks, and parsing thousands of arguments takes long.
  if (!args.some((argument) => argument.startsWith('--threads'))) return 1;
  try {
    return parseThreads(splitArguments(args, table).given.findLast(({ name }) => name === 'threads')?.value);
  } catch {
    return 1;
  }
}

const defaultSyncSeconds = 10;

function parseLogging(
  last: (name: keyof typeof jobTable) => string | undefined,
): Pick<CountRequest, 'logDir' | 'logging' | 'resume' | 'timeLimit'> {
  const logDir = last('log-dir');
  if (logDir === '') throw new UsageError('--log-dir: the folder name is empty');
  const level = parseChoice('--log', last('log'), logLevels);
  const [sync, limit, mode] = [last('log-sync'), last('time-limit'), last('log-mode')];
  const shared = last('log-shared') !== undefined;
  for (const [given, option] of [
    [mode !== undefined, '--log-mode'],
    [shared, '--log-shared'],
  ] as const) {
    if (given && logDir === undefined) throw new UsageError(`${option} needs --log-dir, which it is about`);
  }
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
      mode: mode === undefined ? undefined : parseLogMode(mode),
      shared,
    },
    resume,
    timeLimit: limit === undefined ? undefined : parseDuration(limit, '--time-limit'),
  };
}

// The owner needs to read and write; besides the owner, at most a group may write.
const modes = ['0600', '0640', '0644', '0660', '0664'] as const;

/** Parses the mode for files in a log folder. @throws UsageError */
export function parseLogMode(text: string): number {
  return parseInt(parseChoice('--log-mode', text.length === 3 ? `0${text}` : text, modes), 8);
}

function checkedPattern(value: string): Buffer {
  if (value === '') throw new UsageError('an empty pattern is nowhere and everywhere; give at least one byte to count');
  const pattern = bytesOf(value);
  if (!value.includes('\n')) return pattern;
  throw new UsageError(
    `the pattern '${printable(pattern)}' contains a newline; patterns are within a line, each with its own -e`,
  );
}
