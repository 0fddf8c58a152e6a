import { bytesFromJson, bytesToJson, type JsonBytes } from '../../base/bytes.ts';
import {
  check,
  listOf,
  objectOf,
  oneOf,
  parseJson,
  textOf,
  wholeNumber,
  type Fields,
} from '../../base/untrusted-json.ts';
import type { CorpusFile } from '../../corpus/file-checks.ts';
import { decodedFormats, type DecodedFormat } from '../../corpus/file-format.ts';
import { FileTable } from '../../corpus/file-table.ts';
import { makeGrid, type Grid } from '../../corpus/grid.ts';
import { isEncodingName } from '../../scan/encodings.ts';
import type { NamedPatterns } from '../../tally/stored-patterns.ts';
import { decodeTally, patternsOf, tallyOf } from '../../tally/tallies.ts';
import { storedPatternsJson } from './patterns-file.ts';
import { logLevels, type LogLevel, type Plan, type SkippedFiles, type WalkedFolders } from './plan.ts';

// The JSON of plan.json. Anyone may have written the file that is read.

/** The JSON of a plan, besides the fields of its tally. */
export interface PlanJson {
  grid: Grid;
  logDir: JsonBytes | null;
  /** `decodingVersion`; absent if the stored bytes of all files are counted. */
  decompress?: number;
  /** The encoding of text without a byte order mark; absent if it stays as it is. */
  encoding?: string;
  /** Absent if no folder was named. */
  walked?: WalkedJson;
  files: FileJson[];
}

/** The JSON of the folders that were walked. */
export interface WalkedJson {
  include: JsonBytes[];
  exclude: JsonBytes[];
  /** Each with the index of its first file and their number. */
  folders: { path: JsonBytes; first: number; files: number }[];
}

/** The JSON of a file, with its size in bytes and its time in nanoseconds since 1970. */
export interface FileJson {
  path: JsonBytes;
  size: number;
  modified: string;
  /** Absent if it is not known, as in a plan that an earlier version wrote. */
  inode?: string | undefined;
  /** Absent if the stored bytes are counted, or the format is told when the file is counted. */
  format?: DecodedFormat | undefined;
  /** The reason why the file is skipped; absent if it is not, or was found to be unreadable only when it was counted. */
  skipped?: string | undefined;
}

/** Yields the JSON of a plan in parts, since that of millions of files may exceed the maximum length of a string. */
export function* encodePlan({
  files,
  spec,
  grid,
  logDir,
  decompress,
  encoding,
  walked,
  skipped,
  storesPatterns,
}: Plan): Generator<string> {
  const named = patternsOf(spec);
  const json = {
    ...tallyOf(spec).planFields(storesPatterns && named && storedPatternsJson(named)),
    grid,
    logDir: logDir ? bytesToJson(logDir) : null,
    ...(decompress && { decompress: decodingVersion }),
    ...(encoding !== undefined && { encoding }),
    ...(walked && { walked: encodeWalked(walked) }),
    files: [],
  } satisfies PlanJson;
  yield JSON.stringify(json).slice(0, -']}'.length);
  for (let begin = 0; begin < files.length; begin += filesInPart) {
    yield (begin > 0 ? ',' : '') + encodeFiles(files, begin, Math.min(begin + filesInPart, files.length), skipped);
  }
  yield ']}';
}

// A part has some 64 KiB.
const filesInPart = 512;

/** Returns the FileJson of the files [begin, end) with commas between them, put together from columns since there may be millions of files. */
function encodeFiles({ parts }: FileTable, begin: number, end: number, skipped?: SkippedFiles): string {
  const { ends, sizes, modified, inodes, formats } = parts;
  const first = ends[begin - 1] ?? 0;
  const paths = parts.paths.subarray(first, ends[end - 1]);
  const text = paths.toString('latin1');
  const isPlain = needsNoEscape.test(text);
  let json = '';
  let before = 0;
  for (let index = begin; index < end; index += 1) {
    const after = (ends[index] ?? 0) - first;
    const path = isPlain
      ? `"${text.slice(before, after)}"`
      : JSON.stringify(bytesToJson(paths.subarray(before, after)));
    before = after;
    json += `${index > begin ? ',' : ''}{"path":${path},"size":${sizes[index] ?? 0},"modified":"${modified[index] ?? 0n}"`;
    if (inodes[index] !== 0n) json += `,"inode":"${inodes[index] ?? 0n}"`;
    const format = decodedFormats[(formats[index] ?? 0) - 1];
    if (format !== undefined) json += `,"format":"${format}"`;
    const reason = skipped?.get(index);
    json += reason === undefined ? '}' : `,"skipped":${JSON.stringify(reason)}}`;
  }
  return json;
}

// Characters that JSON.stringify() leaves as they are, and that are the same in Latin-1 and UTF-8.
const needsNoEscape = /^[ !#-[\]-~]*$/;

function encodeWalked({ include, exclude, folders }: WalkedFolders): WalkedJson {
  return {
    include: include.map(bytesToJson),
    exclude: exclude.map(bytesToJson),
    folders: folders.map(({ path, ...rest }) => ({ path: bytesToJson(path), ...rest })),
  };
}

/** The JSON of plan.json. */
export interface PlanFileJson {
  format: number;
  /** The log level. It is not part of the identity, since the counts do not depend on it. */
  log: LogLevel;
  /** The identity of the plan; see identityOf(). */
  identity: string;
  plan: PlanJson;
}

// The second one has the patterns in a file of their own. Versions that do not know it refuse it.
const planFormats = [1, 2];

/** Returns the number of the format in which a plan is stored. */
export function formatOf({ storesPatterns }: Plan): number {
  return storesPatterns ? 2 : 1;
}

// Raised when further formats are decoded, or a format differently, since the blocks of an earlier count then do not fit.
const decodingVersion = 2;

/** A plan file in a format, or of a count with a decoding, that this version does not know. */
export class UnknownFormatError extends Error {
  override readonly name = 'UnknownFormatError';
}

/**
 * Decodes and validates the text of a plan file. The caller must compare the identity.
 * @param read Reads the patterns that are stored beside it, by what it has in their place.
 * @throws UnknownFormatError for another format; the error of `read`; any other error if the text is not a plan file.
 */
export function decodePlanFile(
  text: string,
  read: (json: unknown) => NamedPatterns,
): { plan: Plan; log: LogLevel; identity: string } {
  // A file has five values in at least 49 bytes, or four in 37; a pattern may have one value in four bytes.
  const json = parseJson(text, { depth: 6, values: 2 ** 24 + text.length / 8 });
  const file = objectOf(json) as Fields<PlanFileJson>;
  const format = wholeNumber(file.format);
  if (!planFormats.includes(format)) {
    throw new UnknownFormatError(`has format ${format}, not ${planFormats.join(' or ')}`);
  }
  const stored = format === 2 ? read((objectOf(file.plan) as Fields<Record<string, unknown>>)['patterns']) : undefined;
  return { plan: decodePlan(file.plan, stored), log: oneOf(logLevels, file.log), identity: textOf(file.identity) };
}

/**
 * Decodes and validates the parsed JSON of encodePlan().
 * @param stored The patterns, if they are not in it.
 * @throws An error of any kind if it is not a plan.
 */
export function decodePlan(json: unknown, stored?: NamedPatterns): Plan {
  const fields = objectOf(json);
  const { grid, logDir, decompress, encoding, walked, files } = fields as Fields<PlanJson>;
  const skipped = new Map<number, string>();
  const listed = listOf(files);
  const table = FileTable.from(listed, decodeFile);
  for (const [index, file] of listed.entries()) {
    const { skipped: reason } = file as Fields<FileJson>;
    if (reason !== undefined) skipped.set(index, textOf(reason));
  }
  const spec = decodeTally(fields, stored);
  return {
    spec,
    ...(stored && ({ storesPatterns: true } as const)),
    grid: decodeGrid(grid, table.bytes, tallyOf(spec).wholeFiles),
    logDir: logDir === null ? undefined : decodePath(logDir),
    decompress: decompress !== undefined && isDecodedNow(decompress),
    encoding: encoding === undefined ? undefined : decodeEncoding(encoding),
    files: table.skipping(skipped.keys()),
    walked: walked === undefined ? undefined : decodeWalked(walked, table.length),
    skipped: skipped.size > 0 ? skipped : undefined,
  };
}

/** @param length The number of files. */
function decodeWalked(json: unknown, length: number): WalkedFolders {
  const { include, exclude, folders } = objectOf(json) as Fields<WalkedJson>;
  let end = 0; // of the files of the folders so far
  return {
    include: listOf(include).map(bytesFromJson),
    exclude: listOf(exclude).map(bytesFromJson),
    folders: listOf(folders).map((folder) => {
      const { path, first, files } = objectOf(folder) as Fields<WalkedJson['folders'][number]>;
      const found = { path: decodePath(path), first: wholeNumber(first), files: wholeNumber(files) };
      check(found, found.first >= end && found.first + found.files <= length, 'a folder of the files');
      end = found.first + found.files;
      return found;
    }),
  };
}

/** @throws UnknownFormatError for a count of another version. */
function isDecodedNow(json: unknown): boolean {
  const version = wholeNumber(json);
  if (version !== decodingVersion) {
    throw new UnknownFormatError(`was begun with version ${version} of the decoding of files, not ${decodingVersion}`);
  }
  return true;
}

function decodeEncoding(json: unknown): string {
  const name = textOf(json);
  return check(name, isEncodingName(name), 'an encoding');
}

function decodePath(json: unknown): Buffer {
  const path = bytesFromJson(json);
  return check(path, path.length > 0 && !path.includes('\0'), 'a path');
}

function decodeFile(json: unknown): CorpusFile {
  const { path, size, modified, inode, format } = objectOf(json) as Fields<FileJson>;
  return {
    path: decodePath(path),
    size: wholeNumber(size),
    modified: decodeTime(modified),
    inode: inode === undefined ? undefined : decodeInode(inode),
    format: format === undefined ? undefined : oneOf(decodedFormats, format),
  };
}

function decodeInode(json: unknown): bigint {
  const text = textOf(json);
  const inode = BigInt(check(text, /^[1-9]\d{0,19}$/.test(text), 'an inode'));
  return check(inode, inode === BigInt.asUintN(64, inode), 'an inode');
}

function decodeTime(json: unknown): bigint {
  const text = textOf(json);
  // BigInt() would take hours for a text of many megabytes.
  const time = BigInt(check(text, /^-?\d{1,19}$/.test(text), 'a time'));
  return check(time, time === BigInt.asIntN(64, time), 'a time');
}

/**
 * Decodes a grid and checks that it fits the corpus and the tally.
 * @param bytes The size of the corpus.
 * @param needsWholeFiles Whether the tally needs whole files.
 */
function decodeGrid(json: unknown, bytes: number, needsWholeFiles: boolean): Plan['grid'] {
  const { blockSize, blocks, keepsWhole, wholeFiles } = objectOf(json) as Fields<Plan['grid']>;
  const grid = makeGrid(wholeNumber(bytes), 1, wholeNumber(blockSize));
  check(grid, grid.blocks === blocks && grid.blockSize === blockSize, 'the grid');
  check(grid, keepsWhole === undefined || keepsWhole === true, 'the grid');
  check(grid, wholeFiles === (needsWholeFiles || undefined), 'a grid for the tally');
  return { ...grid, ...(keepsWhole === true && { keepsWhole }), ...(needsWholeFiles && { wholeFiles: true }) };
}
