import { bytesFromJson } from '../../base/bytes.ts';
import { FileTable } from '../../corpus/file-table.ts';
import type { CorpusFile } from '../../corpus/file-checks.ts';
import { findingNames, Findings } from '../../scan/findings.ts';
import { makeGrid } from '../../corpus/grid.ts';
import type { ScanOptions } from '../../scan/scanner.ts';
import type { BlockFields, StartFields } from './log-records.ts';
import { logLevels, type FileJson, type LogLevel, type Plan, type PlanJson } from '../plan/plan.ts';

// Anyone may have written the files of a log folder. This file defines and validates plan files and the lines of rank logs; nothing
// else in them is used. It does without a library because validation with valibot (1.5) would take longer than JSON.parse() for the
// plan of a million files, and as long for each line of a rank log.

/** The JSON of plan.json. */
export interface PlanFileJson {
  format: number;
  /** The log level. It is not part of the identity, since the counts do not depend on it. */
  log: LogLevel;
  /** The identity of the plan; see identityOf(). */
  identity: string;
  plan: PlanJson;
}

export const planFormat = 1;

/** A plan file in a format that this version does not know. */
export class UnknownFormatError extends Error {
  override readonly name = 'UnknownFormatError';
  readonly format: number;

  constructor(format: number) {
    super(`has format ${format}, not ${planFormat}`);
    this.format = format;
  }
}

/**
 * Decodes and validates the text of a plan file. The caller must compare the identity.
 * @throws UnknownFormatError for another format; any other error if the text is not a plan file.
 */
export function decodePlanFile(text: string): { plan: Plan; log: LogLevel; identity: string } {
  // A file has five values in at least 49 bytes, or four in 37; a pattern may have one value in four bytes.
  const json = parseJson(text, { depth: 5, values: 2 ** 24 + text.length / 8 });
  const file = objectOf(json) as Fields<PlanFileJson>;
  const format = wholeNumber(file.format);
  if (format !== planFormat) throw new UnknownFormatError(format);
  return { plan: decodePlan(file.plan), log: oneOf(logLevels, file.log), identity: textOf(file.identity) };
}

/** Decodes and validates the parsed JSON of encodePlan(). @throws An error of any kind if it is not a plan. */
export function decodePlan(json: unknown): Plan {
  const { patterns, options, grid, logDir, files } = objectOf(json) as Fields<PlanJson>;
  const table = FileTable.from(listOf(files), decodeFile);
  return {
    patterns: listOf(patterns).map(decodePattern),
    options: decodeOptions(options),
    grid: decodeGrid(grid, table.bytes),
    logDir: logDir === null ? undefined : decodePath(logDir),
    files: table,
  };
}

function decodePattern(json: unknown): Buffer {
  const pattern = bytesFromJson(json);
  return check(pattern, pattern.length > 0 && !pattern.includes('\n'), 'a pattern');
}

function decodePath(json: unknown): Buffer {
  const path = bytesFromJson(json);
  return check(path, path.length > 0 && !path.includes('\0'), 'a path');
}

function decodeFile(json: unknown): CorpusFile {
  const { path, size, modified, inode } = objectOf(json) as Fields<FileJson>;
  return {
    path: decodePath(path),
    size: wholeNumber(size),
    modified: decodeTime(modified),
    inode: inode === undefined ? undefined : decodeInode(inode),
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

function decodeOptions(json: unknown): ScanOptions {
  const { ignoreCase, word, overlapping } = objectOf(json) as Fields<ScanOptions>;
  return { ignoreCase: truth(ignoreCase), word: truth(word), overlapping: truth(overlapping) };
}

/** Decodes a grid and checks that it fits the corpus. @param bytes The size of the corpus. */
function decodeGrid(json: unknown, bytes: number): Plan['grid'] {
  const { blockSize, blocks } = objectOf(json) as Fields<Plan['grid']>;
  const grid = makeGrid(wholeNumber(bytes), 1, wholeNumber(blockSize));
  return check(grid, grid.blocks === blocks && grid.blockSize === blockSize, 'the grid');
}

/** The part of a line of a rank log that resuming and `mpicount status` use. */
export type LogEvent = { readonly event: 'start'; readonly host: string } | BlockEvent | { readonly event: 'other' };

export interface BlockEvent {
  readonly event: 'block';
  readonly block: number;
  readonly counts: readonly number[];
  readonly findings: Findings;
}

/**
 * Decodes and validates the JSON of a line of a rank log.
 * @param text The JSON, with its seal already checked.
 * @throws An error of any kind if it is not a valid line of this plan.
 */
export function decodeEvent(text: string, { patterns, grid }: Pick<Plan, 'patterns' | 'grid'>): LogEvent {
  // A block event has a number for each pattern; a start event lists up to a thousand file ranges.
  const json = parseJson(text, { depth: 4, values: 2 ** 14 + patterns.length });
  const line = objectOf(json) as Fields<{ event: string } & StartFields & BlockFields>;
  switch (textOf(line.event)) {
    case 'start':
      return { event: 'start', host: decodeHost(line.host) };
    case 'block':
      return {
        event: 'block',
        block: decodeBlock(line.block, grid.blocks),
        counts: decodeCounts(line.counts, patterns.length),
        findings: decodeFindings(line.findings),
      };
    default:
      return { event: 'other' };
  }
}

function decodeBlock(json: unknown, blocks: number): number {
  const block = wholeNumber(json);
  return check(block, block < blocks, 'a block');
}

const maxHostLength = 255; // the limit for host names: hostname(7)

function decodeHost(json: unknown): string {
  const host = textOf(json);
  return check(host, host.length <= maxHostLength, 'a host');
}

function decodeCounts(json: unknown, length: number): readonly number[] {
  const counts = listOf(json);
  for (const count of counts) wholeNumber(count);
  return check(counts as number[], counts.length === length, 'the counts');
}

/** Decodes findings; names that this version does not know are skipped. */
function decodeFindings(json: unknown): Findings {
  const findings = new Findings();
  for (const [name, value] of Object.entries(json === undefined ? {} : objectOf(json))) {
    const [count, first] = listOf(value).map(wholeNumber);
    const finding = findingNames.findIndex((known) => known === name);
    if (finding >= 0 && count !== undefined && first !== undefined) findings.add(finding, count, first);
  }
  return findings;
}

/**
 * Parses JSON from an untrusted source within bounds: short values take up to twenty times the memory of their text, and deep nesting
 * would overflow the stack of recursive functions.
 */
function parseJson(text: string, max: { depth: number; values: number }): unknown {
  let [depth, values] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: // "
        index = endOfString(text, index);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        values += 1;
        if (depth > max.depth) throw new RangeError('JSON is nested too deep');
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        values += 1;
    }
    if (values > max.values) throw new RangeError('JSON has too many values');
  }
  return JSON.parse(text);
}

/** Returns the index of the closing quote of the string that begins at `start`; the length of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** An object with some of the fields of a type and values that are not validated yet. */
type Fields<T> = { readonly [name in keyof T]?: unknown };

function objectOf(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return value;
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

function wholeNumber(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('not a whole number');
  return value as number;
}

function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError('neither true nor false');
  return value;
}

function oneOf<T>(choices: readonly T[], value: unknown): T {
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw new TypeError('not one of the choices');
  return choice;
}

function check<T>(value: T, valid: boolean, what: string): T {
  if (!valid) throw new TypeError(`not ${what} of a count`);
  return value;
}
