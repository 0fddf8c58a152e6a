import stringWidth from 'string-width';

import { printable } from '../../base/bytes.ts';
import type { CounterOfReport } from '../counter-table.ts';
import type { Report } from '../report.ts';
import { shownBytes, shownNumber } from '../units.ts';
import { maxColumns, tableLines, type Column } from './columns.ts';
import { styled, type Line } from './line.ts';
import { notCounted, stripOf } from './strip.ts';

const maxCounters = 20;
const [minStripColumns, maxStripColumns] = [16, 36];
// Strips get shorter before names do.
const minNameColumns = 17;

const number = (head: string): Column => ({ head, isNumber: true });
const text = (head: string): Column => ({ head, isNumber: false });

/**
 * Returns the lines of a table of the patterns and of where along the corpus they occur; of many, the most frequent ones. There is no room
 * for two ranges: where there are groups, range and deviation are those over the groups.
 */
export function patternTable(report: Report): Line[] {
  const { counters, dispersion, records, plan } = report;
  if (dispersion.parts === 0) return [];
  const shown = counters.mostFrequent(maxCounters);
  const numbers = [
    number('count'),
    ...(records === undefined ? [] : [number('records')]),
    number('range'),
    number('DP'),
  ];
  const cells = shown.map(numberCells);
  const columns = stripColumns(numbers, cells);
  const strip = Math.min(columns, dispersion.parts);
  const heads = [...numbers, text('along the corpus'), text(plan.spec.kind === 'count' ? 'pattern' : 'of')];
  const rows = shown.map(({ index, label }, row) => [
    ...(cells[row] ?? []),
    stripOf(dispersion, index, columns),
    printable(label),
  ]);
  const [head = '', ...lines] = tableLines(heads, rows);
  return [
    { text: head, style: 'heading' },
    ...styled(undefined, lines),
    ...styled('note', shown.length < counters.length ? others(report) : []),
    ...styled('note', legend(report, strip)),
  ];
}

/** Returns lines that say what the columns mean. @param strip The number of bars of a strip. */
function legend({ dispersion, groups, records, bytes }: Report, strip: number): string[] {
  const bar = `a bar: ${shownBytes(bytes / strip)} of the corpus`;
  const gaps = dispersion.bytesDone.includes(0) ? `; ${notCounted}: not counted yet` : '';
  return [
    ...(records === undefined ? [] : [`records: in how many of ${shownNumber(records, 'record')}`]),
    ...(groups
      ? [
          `range: in how many of ${shownNumber(groups.groups, 'group')}; DP: deviation of proportions over them,`,
          `by their ${groups.unit}, from 0, evenly spread, to 1; ${bar},`,
          `the higher the more occurrences in it${gaps}`,
        ]
      : [
          `range: in how many of ${shownNumber(dispersion.parts, 'part')} of the corpus; DP: deviation of proportions,`,
          `from 0, evenly spread, to 1; ${bar}, the higher the more`,
          `occurrences in it${gaps}`,
        ]),
  ];
}

function numberCells({ total, records, overParts, overGroups }: CounterOfReport): string[] {
  const { range, parts, deviation } = overGroups ?? overParts ?? { range: 0, parts: 0 };
  return [
    String(total),
    ...(records === undefined ? [] : [String(records)]),
    `${range}/${parts}`,
    deviation?.toFixed(2) ?? '-',
  ];
}

/** Returns the number of columns of the strips beside numbers. */
function stripColumns(numbers: readonly Column[], cells: readonly (readonly string[])[]): number {
  const widths = numbers.map(({ head }, column) =>
    Math.max(head.length, ...cells.map((row) => stringWidth(row[column] ?? ''))),
  );
  const left = widths.reduce((columns, width) => columns - width - 1, maxColumns) - minNameColumns - 1;
  return Math.max(minStripColumns, Math.min(maxStripColumns, left));
}

/** Returns lines that say which patterns are left out. */
function others({ counters: { length, known } }: Report): string[] {
  const shown = `the ${maxCounters} most frequent of ${length} patterns`;
  return known === length
    ? [`${shown}; --format json has all of these`]
    : [`${shown}, among the first ${known};`, '--format csv --table patterns has all of these'];
}
