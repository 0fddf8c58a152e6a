import { stringify } from 'lossless-json';

import { bytesToJson, printable, printableJson } from '../base/bytes.ts';
import { invalidJson } from '../job/skip/invalid-lines.ts';
import { skippedJson } from '../job/skip/skipped-input.ts';
import { rounded } from '../job/journal/events.ts';
import { countsAlong } from './dispersion.ts';
import type { Report } from './report.ts';
import type { RankOfRun } from './runs.ts';

// The report for other programs.

/** Encodes a report as one line of JSON. docs/log-format.md describes it. */
export function reportJson(report: Report): string {
  const { plan, journal, skipped, invalid, bytes, bytesDone, runs, omitted, dispersion, counters, width } = report;
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
    counters: width,
    parts: { bytes: [...dispersion.bytes], bytesDone: [...dispersion.bytesDone] },
    dispersion: counters.map(({ name, total, range, deviation }, index) => ({
      name: bytesToJson(name),
      total,
      range,
      deviation: deviation ?? null,
      counts: [...countsAlong(dispersion, index)],
    })),
    ignoredLines: journal.ignoredLines,
  };
  return `${printableJson(stringify(json) ?? '')}\n`;
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

const lineEnd = '\r\n';
const columns = 'run,rank,host,slice,bytes,text,blocks,counting,reading,decoding,scanning,waiting,slow';

/** Formats the ranks of a report as CSV (RFC 4180) with a header line: one line for each rank of each run. */
export function reportCsv({ runs }: Report): string {
  const lines = runs.flatMap(({ ranks }, run) =>
    ranks.map((each) => {
      const { rank, host, slice, bytes, text, blocks, slow } = each;
      const { counting, readSeconds, decodeSeconds, scanSeconds, waiting } = durations(each);
      const times = [counting, readSeconds, decodeSeconds, scanSeconds].map((seconds) => seconds.toFixed(6));
      const fields = [
        run + 1,
        rank,
        hostField(host),
        slice,
        bytes,
        text,
        blocks,
        ...times,
        waiting?.toFixed(6) ?? '',
        slow ?? '',
      ];
      return fields.join(',') + lineEnd;
    }),
  );
  return [columns + lineEnd, ...lines].join('');
}

/** Returns a field with printable characters: nothing that a host is called acts on a terminal. */
function hostField(host: string): string {
  const text = printable(Buffer.from(host));
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
