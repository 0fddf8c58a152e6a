import { stringify } from 'lossless-json';

import { chunksOf } from '../base/chunks.ts';
import { csvLine } from '../base/csv.ts';
import { bytesToJson, printable, printableJson } from '../base/bytes.ts';
import { invalidJson } from '../job/skip/invalid-lines.ts';
import { skippedJson } from '../job/skip/skipped-input.ts';
import { rounded } from '../job/journal/events.ts';
import type { CounterOfReport } from './counter-table.ts';
import { countsAlong, type Dispersion } from './dispersion.ts';
import { patternsOf } from '../tally/tallies.ts';
import type { Report } from './report.ts';
import type { RankOfRun } from './runs.ts';

// The report for other programs.

/** Encodes a report as one line of JSON. docs/log-format.md describes it. */
export function reportJson(report: Report): string {
  const { plan, journal, skipped, invalid, bytes, bytesDone, runs, omitted, dispersion, counters } = report;
  const { groups, records } = report;
  const json = {
    complete: journal.missing.length === 0 && !skipped && !invalid,
    ...(skipped && { skipped: skippedJson(skipped) }),
    ...(invalid && { invalid: invalidJson(invalid) }),
    files: plan.files.length - (skipped?.files ?? 0),
    blocks: plan.grid.blocks,
    blocksDone: journal.blocksDone,
    bytes,
    bytesDone,
    runs: runs.map(({ begun, last, ending = null, ranks }) => ({
      begun: iso(begun),
      last: iso(last),
      ending,
      ranks: ranks.map(rankJson),
    })),
    omitted,
    counters: counters.length,
    ...(records !== undefined && { records }),
    ...(groups && {
      by: plan.spec.kind === 'count' ? plan.spec.by : undefined,
      groups: groups.groups,
      groupUnit: groups.unit,
    }),
    parts: { bytes: [...dispersion.bytes], bytesDone: [...dispersion.bytesDone] },
    dispersion: Array.from({ length: counters.known }, (_, index) => counterJson(counters.at(index), dispersion)),
    ignoredLines: journal.ignoredLines,
  };
  return `${printableJson(stringify(json) ?? '')}\n`;
}

function counterJson(
  { index, name, id, total, records, overParts, overGroups }: CounterOfReport,
  dispersion: Dispersion,
): object {
  return {
    name: bytesToJson(name),
    ...(id && { id: bytesToJson(id) }),
    total,
    ...(records !== undefined && { records }),
    range: overParts?.range,
    deviation: overParts?.deviation ?? null,
    ...(overGroups && { groupRange: overGroups.range, groupDeviation: overGroups.deviation ?? null }),
    counts: [...countsAlong(dispersion, index)],
  };
}

function rankJson(rank: RankOfRun): object {
  const { rank: number, host, cores, threads, begun, last, slice, blocks, bytes, text, slow } = rank;
  return {
    rank: number,
    host,
    cores,
    threads,
    begun: iso(begun),
    last: iso(last),
    slice,
    blocks,
    bytes,
    text,
    ...durations(rank),
    slow: slow ?? null,
  };
}

function durations({ counting, readSeconds, decodeSeconds, scanSeconds, waiting }: RankOfRun) {
  return {
    counting,
    readSeconds: rounded(readSeconds),
    decodeSeconds: rounded(decodeSeconds),
    scanSeconds: rounded(scanSeconds),
    waiting: waiting === undefined ? null : rounded(waiting),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

/** What CSV has a line for. */
export type CsvTable = 'ranks' | 'patterns';

/** Formats a table of a report as CSV (RFC 4180) with a header line, in parts. */
export function* reportCsv(report: Report, table: CsvTable): Generator<Buffer> {
  yield* chunksOf(linesOf(table === 'ranks' ? rankRecords(report) : patternRecords(report)));
}

function* linesOf(records: Iterable<readonly Field[]>): Generator<string> {
  for (const record of records) yield csvLine(record.map(fieldText));
}

/** A name, a number, or nothing. */
type Field = Uint8Array | string | number | bigint | undefined;

/** Returns a field with printable characters: nothing that a host or a pattern is called acts on a terminal. */
function fieldText(field: Field): string {
  return field instanceof Uint8Array ? printable(field) : String(field ?? '');
}

const rankColumns = 'run,rank,host,slice,bytes,text,blocks,counting,reading,decoding,scanning,waiting,slow'.split(',');

/** Yields the heads of the columns, and a record for each rank of each run. */
function* rankRecords({ runs }: Report): Generator<readonly Field[]> {
  yield rankColumns;
  for (const [run, { ranks }] of runs.entries()) {
    for (const each of ranks) {
      const { rank, host, slice, bytes, text, blocks, slow } = each;
      const { counting, readSeconds, decodeSeconds, scanSeconds, waiting } = durations(each);
      const times = [counting, readSeconds, decodeSeconds, scanSeconds].map((seconds) => seconds.toFixed(6));
      yield [run + 1, rank, Buffer.from(host), slice, bytes, text, blocks, ...times, waiting?.toFixed(6), slow];
    }
  }
}

/** Yields the heads of the columns, and a record for each pattern, or for each counter of `wc`. */
function* patternRecords({ plan, counters, records: allRecords, groups }: Report): Generator<readonly Field[]> {
  const hasIds = patternsOf(plan.spec)?.ids !== undefined;
  yield [
    'count',
    ...(allRecords === undefined ? [] : ['records']),
    ...(hasIds ? ['id'] : []),
    plan.spec.kind === 'count' ? 'pattern' : 'counter',
    ...['range', 'parts', 'deviation'],
    ...(groups ? ['groupRange', 'groups', 'groupDeviation'] : []),
  ];
  for (const { total, records, id, name, overParts, overGroups } of counters) {
    yield [
      total,
      ...(records === undefined ? [] : [records]),
      ...(id ? [id] : []),
      name,
      ...[overParts?.range, overParts?.parts, overParts?.deviation],
      ...(overGroups ? [overGroups.range, overGroups.parts, overGroups.deviation] : []),
    ];
  }
}
