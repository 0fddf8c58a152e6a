import { printable } from '../../base/bytes.ts';
import type { CounterOfReport, Report } from '../report.ts';
import { shownBytes, shownNumber } from '../units.ts';
import { tableLines, type Column } from './columns.ts';
import { styled, type Line } from './line.ts';
import { notCounted, stripOf } from './strip.ts';

const maxCounters = 20;
const stripColumns = 36;

const columns: readonly Column[] = [
  { head: 'count', isNumber: true },
  { head: 'range', isNumber: true },
  { head: 'DP', isNumber: true },
  { head: 'along the corpus', isNumber: false },
  { head: 'pattern', isNumber: false },
];

/** Returns the lines of a table of the patterns and of where along the corpus they occur; of many, the most frequent ones. */
export function patternTable({ counters, dispersion, width, plan, bytes }: Report): Line[] {
  if (dispersion.parts === 0) return [];
  const byTotal = counters.map((counter, index) => ({ counter, index }));
  const isAll = width <= maxCounters;
  if (!isAll) byTotal.sort((one, other) => Number(other.counter.total - one.counter.total) || one.index - other.index);
  const shown = byTotal.slice(0, maxCounters);
  const heads = plan.spec.kind === 'count' ? columns : [...columns.slice(0, -1), { head: 'of', isNumber: false }];
  const strip = Math.min(stripColumns, dispersion.parts);
  const rows = shown.map(({ counter, index }) => row(counter, stripOf(dispersion, index, stripColumns)));
  const [head = '', ...lines] = tableLines(heads, rows);
  return [
    { text: head, style: 'heading' },
    ...styled(undefined, lines),
    ...styled('note', isAll ? [] : [others(width, counters.length)]),
    ...styled('note', [
      `range: in how many of ${shownNumber(dispersion.parts, 'part')} of the corpus; DP: deviation of proportions,`,
      `from 0, evenly spread, to 1; a bar: ${shownBytes(bytes / strip)} of the corpus, the higher the more`,
      `occurrences in it${gaps(dispersion.bytesDone)}`,
    ]),
  ];
}

function row({ total, range, parts, deviation, name }: CounterOfReport, strip: string): string[] {
  return [String(total), `${range}/${parts}`, deviation?.toFixed(2) ?? '-', strip, printable(name)];
}

function others(width: number, known: number): string {
  const among = known < width ? `, among the first ${known}` : '';
  return `the ${maxCounters} most frequent of ${width} patterns${among}; --format json has all of these`;
}

function gaps(bytesDone: Float64Array): string {
  return bytesDone.includes(0) ? `; ${notCounted}: not counted yet` : '';
}
