import { bytesFromJson, type JsonBytes } from '../../base/bytes.ts';
import { check, listOf, objectOf, parseJson, textOf, wholeNumber, type Fields } from '../../base/untrusted-json.ts';
import type { Grid } from '../../corpus/grid.ts';
import type { FindingsJson } from '../../scan/findings.ts';
import type { StreamSums } from '../../scan/kernel.ts';
import type { BlockLink } from '../counting/chain.ts';
import { decodeCounts, encodeCounts, type CountsJson } from './counts-json.ts';
import type { BlockEvent, EndEvent, RankEvent, SkipEvent, StartEvent, WaitingEvent } from './events.ts';
import { openLine, sealLine } from './sealed-line.ts';

// The lines of rank logs: JSON objects with the time, the fields of an event and a seal. Anyone may have written the log that is read.

/** The plan and the tally to which the lines of a rank log belong. */
export interface EventContext {
  /** The identity of the plan; see plan-file.ts. */
  readonly identity: string;
  readonly grid: Grid;
  /** The number of counters in a row of the tally. */
  readonly width: number;
  /** The maximum number of rows that a block has. If the text names its groups, that is the number of names. */
  readonly maxRows: number | 'named';
}

/** An event as it is read from a rank log, and its time in milliseconds since 1970. */
export type LoggedEvent = RankEvent & { readonly time: number };

/** Encodes an event as a sealed line, without a newline. @param time The time, in milliseconds since 1970. */
export function encodeEvent(event: RankEvent, time: number, identity: string): string {
  return sealLine({ time: new Date(time).toISOString(), ...fieldsOf(event) }, identity);
}

function fieldsOf(event: RankEvent): object {
  if (event.event === 'block') {
    const { event: name, block, begin, end, bytes, counts, ...rest } = event;
    return { event: name, block, begin, end, bytes, ...encodeCounts(counts), ...rest };
  }
  if (event.event !== 'start') return event;
  const { event: name, rank, size, host, pid, versions, tally, ...rest } = event;
  return { event: name, rank, size, host, pid, versions, ...tally, ...rest };
}

/**
 * Decodes and validates a line of a rank log. A field that is for information only, and is missing or of another type, becomes 0 or
 * an empty text.
 * @returns Undefined if the line is torn, damaged, of another count, or invalid.
 */
export function decodeEvent(line: string, context: EventContext): LoggedEvent | 'unknown' | undefined {
  const json = openLine(line, context.identity);
  try {
    return json === undefined ? undefined : decodeFields(json, context);
  } catch {
    return undefined; // forged, with a valid seal
  }
}

/** The fields of all events. */
type AllFields = Omit<StartEvent, 'event'> &
  Omit<BlockEvent, 'event' | 'counts'> &
  CountsJson &
  Omit<SkipEvent, 'event'> &
  Omit<WaitingEvent, 'event'> &
  Omit<EndEvent, 'event'>;

function decodeFields(text: string, context: EventContext): LoggedEvent | 'unknown' {
  // A block event has a number for each counter; a start event lists up to a thousand file ranges.
  const fields = objectOf(parseJson(text, { depth: 4, values: maxValues(context) })) as Fields<
    AllFields & { event: string; time: string }
  >;
  const time = typeof fields.time === 'string' ? Date.parse(fields.time) || 0 : 0;
  switch (textOf(fields.event)) {
    case 'start':
      return { time, ...decodeStart(fields) };
    case 'block':
      return { time, ...decodeBlock(fields, context) };
    case 'skip':
      return { time, ...decodeSkip(fields) };
    case 'waiting':
      return {
        time,
        event: 'waiting',
        seconds: numberOr0(fields.seconds),
        blocksLeft: numberOr0(fields.blocksLeft),
      };
    case 'end':
      return { time, event: 'end', seconds: numberOr0(fields.seconds) };
    default:
      return 'unknown'; // a later version may write further events
  }
}

/** Bounds the values of the event of a block whose text names its groups: three for each of GroupCounts::kMaxCounters, with room. */
const maxValuesOfGroups = 2 ** 26;

function maxValues({ width, maxRows }: EventContext): number {
  if (maxRows === 'named') return maxValuesOfGroups;
  return 2 ** 14 + (width + 1) * maxRows;
}

/** The maximum length of a string (Node 20), and so of any line that was written. */
const maxTextLength = 2 ** 29 - 24;

/** Bounds the length of a valid line in bytes. @param tallyLength The length of the tally's fields in a start event. */
export function maxLineLength(context: EventContext, tallyLength: number): number {
  return Math.min(2 ** 25 + 24 * maxValues(context) + tallyLength, maxTextLength);
}

const maxHostLength = 255; // the limit for host names: hostname(7)

function decodeStart(fields: Fields<AllFields>): StartEvent {
  const host = textOf(fields.host);
  const versions = typeof fields.versions === 'object' && fields.versions !== null ? fields.versions : {};
  const { mpicount, node, mpi, kernel } = versions as Fields<StartEvent['versions']>;
  return {
    event: 'start',
    rank: numberOr0(fields.rank),
    size: numberOr0(fields.size),
    host: check(host, host.length <= maxHostLength, 'a host'),
    pid: numberOr0(fields.pid),
    versions: {
      mpicount: textOrEmpty(mpicount),
      node: textOrEmpty(node),
      mpi: textOrEmpty(mpi),
      kernel: textOrEmpty(kernel),
    },
    tally: {}, // the plan has them all
    threads: numberOr0(fields.threads),
    cores: numberOr0(fields.cores),
    vectors: textOrEmpty(fields.vectors),
    io: textOrEmpty(fields.io),
    schedule: textOrEmpty(fields.schedule),
    blockSize: numberOr0(fields.blockSize),
    blocks: numberOr0(fields.blocks),
    bytes: numberOr0(fields.bytes),
    slice: Array.isArray(fields.slice) ? fields.slice.flatMap(decodeFileRange) : [],
  };
}

function decodeFileRange(json: unknown): StartEvent['slice'] {
  try {
    const { file, begin, end } = objectOf(json) as Fields<StartEvent['slice'][number]>;
    bytesFromJson(file);
    return [{ file: file as JsonBytes, begin: numberOr0(begin), end: numberOr0(end) }];
  } catch {
    return [];
  }
}

function decodeBlock(fields: Fields<AllFields>, context: EventContext): BlockEvent {
  const block = wholeNumber(fields.block);
  const groups = context.maxRows === 'named' ? listOf(fields.groups).map(decodeName) : undefined;
  const maxRows = groups?.length ?? Number(context.maxRows);
  return {
    event: 'block',
    block: check(block, block < context.grid.blocks, 'a block'),
    begin: numberOr0(fields.begin),
    end: numberOr0(fields.end),
    bytes: numberOr0(fields.bytes),
    counts: decodeCounts(fields, { width: context.width, maxRows }),
    ...(groups && { groups }),
    readSeconds: numberOr0(fields.readSeconds),
    decodeSeconds: fields.decodeSeconds === undefined ? undefined : numberOr0(fields.decodeSeconds),
    scanSeconds: numberOr0(fields.scanSeconds),
    textSize: fields.textSize === undefined ? undefined : numberOr0(fields.textSize),
    findings: fields.findings === undefined ? undefined : decodeFindings(fields.findings),
    link: fields.link === undefined ? undefined : decodeLink(fields.link),
    without: fields.without === undefined ? undefined : listOf(fields.without).map(wholeNumber),
  };
}

function decodeName(json: unknown): JsonBytes {
  bytesFromJson(json);
  return json as JsonBytes;
}

function decodeSkip({ file, begin, reason }: Fields<AllFields>): SkipEvent {
  bytesFromJson(file);
  return { event: 'skip', file: file as JsonBytes, begin: wholeNumber(begin), reason: textOf(reason) };
}

function decodeLink(json: unknown): BlockLink {
  const { at, past, end, sums } = objectOf(json) as Fields<BlockLink>;
  const link = { at: optional(at), past: optional(past), end: optional(end) };
  return sums === undefined ? link : { ...link, sums: decodeSums(sums) };
}

function decodeSums(json: unknown): StreamSums {
  const { rotation, part, total, open } = objectOf(json) as Fields<StreamSums>;
  return { rotation: optional(rotation), part: optional(part), total: optional(total), open: optional(open) };
}

function optional(value: unknown): number | undefined {
  return value === undefined ? undefined : wholeNumber(value);
}

function decodeFindings(json: unknown): FindingsJson {
  return Object.fromEntries(
    Object.entries(objectOf(json)).map(([name, value]) => [name, listOf(value).map(wholeNumber)]),
  );
}

function numberOr0(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}

function textOrEmpty(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
