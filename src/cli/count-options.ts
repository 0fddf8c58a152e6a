import { isUtf8 } from 'node:buffer';

import { byteStrings, joined, type ByteStrings } from '../base/byte-strings.ts';
import { printable } from '../base/bytes.ts';
import { lostWord } from '../job/notes/lost-word.ts';
import type { CountRequest } from '../job/plan/plan.ts';
import { encodingProblem, isEncodingName } from '../scan/encodings.ts';
import { groupProblem } from '../tally/count.ts';
import { groupingBy, type By } from '../tally/grouping.ts';
import type { TallySpec } from '../tally/tallies.ts';
import { bytesOf } from './arguments.ts';
import type { Format } from './format-result.ts';
import { checkLimits } from './lists/limits.ts';
import { standardInput } from './lists/list-bytes.ts';
import { readFileList, readPatternFile, type PatternList } from './lists/list-file.ts';
import { requireUniqueIds, type ListedIds } from './lists/pattern-ids.ts';
import { count } from './options/count.ts';
import { jobOptions } from './options/job-options.ts';
import type { OptionTable } from './options/option.ts';
import { splitArguments, type GivenOption } from './options/split-arguments.ts';
import { valueOf } from './options/values.ts';
import { wc, wordRuleOf } from './options/wc.ts';
import { parseRecords } from './record-options.ts';
import { UsageError } from './usage-error.ts';

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
  const { given, rest } = splitArguments(args, count.options);
  const fromList = given.some(({ name }) => name === 'pattern-file');
  const typedPatterns = given.flatMap(({ name, value }) => (name === 'pattern' ? [checkedPattern(value)] : []));
  const withIds = valueOf(count.options, given, 'ids');
  if (withIds && typedPatterns.length > 0)
    throw new UsageError('--ids is about lists: give the patterns by -f, not by -e');
  if (withIds && !fromList) throw new UsageError('--ids needs -f, the list whose lines are ID<TAB>PATTERN');
  if (!fromList && typedPatterns.length === 0) {
    const [first] = rest.splice(0, 1);
    if (first === undefined) throw new UsageError('no pattern and no file; see: mpicount --help');
    typedPatterns.push(checkedPattern(first));
  }
  checkStandardInput(given, rest, ranks);
  const { patterns, ids, notes } = fromList ? readPatterns(given, withIds) : typedAlone(typedPatterns);
  const options = {
    ignoreCase: valueOf(count.options, given, 'ignore-case'),
    word: valueOf(count.options, given, 'word'),
    overlapping: valueOf(count.options, given, 'overlapping'),
  };
  const skipInvalid = valueOf(count.options, given, 'skip-invalid');
  const records = parseRecords(valueOf(count.options, given, 'records'), skipInvalid);
  const by = parseBy(valueOf(count.options, given, 'by'));
  const problem = groupProblem(by, records);
  if (problem !== undefined) throw new UsageError(problem);
  const spec = { kind: 'count' as const, patterns, ids, options, ...records, by };
  return parseJob(spec, given, rest, { typedPatterns, notes });
}

/** Returns what counts are to be broken down by, as UTF-8. @param value One character for each byte. @throws UsageError */
function parseBy(value: string | undefined): By | undefined {
  if (value === undefined) return undefined;
  const bytes = bytesOf(value);
  try {
    if (!isUtf8(bytes)) throw new Error('is not UTF-8');
    const by = bytes.toString();
    groupingBy(by);
    return by;
  } catch (error) {
    throw new UsageError(`--by: '${printable(bytes)}' ${(error as Error).message}`);
  }
}

/**
 * Parses the command line of `mpicount wc` and reads the lists that it names.
 * @param ranks The number of ranks in the job.
 * @throws UsageError, InputError
 */
export function parseWc(args: string[], ranks = 1): JobCommandLine {
  const { given, rest } = splitArguments(args, wc.options);
  checkStandardInput(given, rest, ranks);
  const wordRule = wordRuleOf(valueOf(wc.options, given, 'words'));
  return parseJob({ kind: 'wc', wordRule }, given, rest, { typedPatterns: [], notes: [] });
}

/** Parses what all commands that run a job have in common. @param rest The files on the command line. */
function parseJob(
  spec: TallySpec,
  given: readonly GivenOption[],
  rest: readonly string[],
  { typedPatterns, notes }: Pick<CountRequest, 'typedPatterns' | 'notes'>,
): JobCommandLine {
  const lists = given.flatMap(({ name, value }) => (name === 'files-from' ? [readFileList(bytesOf(value))] : []));
  const named = rest.filter((name) => name !== standardInput);
  const files = [named.map(bytesOf), ...lists];
  if (rest.length === 0 && lists.length === 0) {
    throw new UsageError(`no file to count in${lostWord(typedPatterns)}; see: mpicount --help`);
  }
  if (rest.includes('')) throw new UsageError('a file name is empty');
  return {
    format: valueOf(jobOptions, given, 'format'),
    request: {
      spec,
      typedPatterns,
      files: { [Symbol.iterator]: () => oneAfterTheOther(files) },
      globs: { include: valuesOf(given, 'include'), exclude: valuesOf(given, 'exclude') },
      standardInput: rest.includes(standardInput),
      notes: [...notes, ...lists.flatMap((list) => list.notes)],
      blockSize: valueOf(jobOptions, given, 'block-size'),
      threads: valueOf(jobOptions, given, 'threads'),
      io: valueOf(jobOptions, given, 'io'),
      schedule: valueOf(jobOptions, given, 'schedule'),
      allowGrowth: valueOf(jobOptions, given, 'allow-growth'),
      decompress: !valueOf(jobOptions, given, 'no-decompress'),
      encoding: encodingOf(given),
      progress: valueOf(jobOptions, given, 'progress'),
      skipUnreadable: valueOf(jobOptions, given, 'skip-unreadable'),
      ...parseLogging(given),
    },
  };
}

/** Returns the encoding that the user names; undefined if there is none. @throws UsageError unless iconv can decode it here. */
function encodingOf(given: readonly GivenOption[]): string | undefined {
  const value = valueOf(jobOptions, given, 'encoding');
  if (value === undefined) return undefined;
  if (valueOf(jobOptions, given, 'no-decompress')) {
    throw new UsageError('--encoding decodes text, --no-decompress counts it as stored: give one of them');
  }
  const name = value.replace(/\/\/$/, ''); // as `iconv -l` prints it
  if (!isEncodingName(name)) {
    throw new UsageError(
      `--encoding: '${printable(bytesOf(value))}' is no name of an encoding; \`iconv -l\` lists them`,
    );
  }
  const problem = encodingProblem(name);
  if (problem !== undefined) throw new UsageError(`--encoding: ${problem}`);
  return name;
}

/** Returns the values of an option that may be repeated. */
function valuesOf(given: readonly GivenOption[], option: keyof typeof jobOptions): Buffer[] {
  return given.flatMap(({ name, value }) => (name === option ? [bytesOf(value)] : []));
}

function typedAlone(typedPatterns: readonly Buffer[]): PatternList {
  const patterns = byteStrings(typedPatterns);
  checkLimits([patterns]);
  return { patterns, notes: [] };
}

/**
 * Returns the patterns of all -e and -f options, in command-line order.
 * @param withIds Whether those of -f have IDs.
 * @throws UsageError, InputError
 */
function readPatterns(given: readonly GivenOption[], withIds: boolean): PatternList {
  const lists: ByteStrings[] = [];
  const listed: ListedIds[] = [];
  const notes: string[] = [];
  for (const { name, value } of given) {
    if (name === 'pattern') lists.push(byteStrings([bytesOf(value)]));
    if (name !== 'pattern-file') continue;
    const path = bytesOf(value);
    const list = readPatternFile(path, withIds);
    lists.push(list.patterns);
    if (list.ids) listed.push({ path, ids: list.ids });
    notes.push(...list.notes);
  }
  const ids = listed.map((each) => each.ids);
  checkLimits(lists, ids);
  requireUniqueIds(listed);
  return { patterns: joined(lists), notes, ...(withIds && { ids: joined(ids) }) };
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

/**
 * Returns the value of --threads, or 1 if the command line is invalid: parsing the whole reports that error, on one rank.
 * @param table The options of the command.
 */
export function threadsWanted(args: string[], table: OptionTable): number {
  // This runs on all ranks, and parsing thousands of arguments takes long.
  if (!args.some((argument) => argument.startsWith('--threads'))) return 1;
  try {
    return valueOf(jobOptions, splitArguments(args, table).given, 'threads');
  } catch {
    return 1;
  }
}

function parseLogging(
  given: readonly GivenOption[],
): Pick<CountRequest, 'logDir' | 'logging' | 'resume' | 'timeLimit'> {
  const isGiven = (option: keyof typeof jobOptions) => given.some(({ name }) => name === option);
  const logDir = valueOf(jobOptions, given, 'log-dir');
  if (logDir === '') throw new UsageError('--log-dir: the folder name is empty');
  const level = valueOf(jobOptions, given, 'log');
  for (const option of ['log-mode', 'log-shared'] as const) {
    if (isGiven(option) && logDir === undefined) throw new UsageError(`--${option} needs --log-dir, which it is about`);
  }
  for (const option of ['resume', 'time-limit'] as const) {
    if (!isGiven(option)) continue;
    if (logDir === undefined) throw new UsageError(`--${option} needs --log-dir, where what is counted is kept`);
    if (level !== 'blocks') throw new UsageError(`--${option} needs --log blocks, not --log ${level}`);
  }
  return {
    logDir: logDir === undefined ? undefined : bytesOf(logDir),
    logging: {
      level,
      syncSeconds: valueOf(jobOptions, given, 'log-sync'),
      mode: valueOf(jobOptions, given, 'log-mode'),
      shared: valueOf(jobOptions, given, 'log-shared'),
    },
    resume: valueOf(jobOptions, given, 'resume'),
    timeLimit: valueOf(jobOptions, given, 'time-limit'),
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
