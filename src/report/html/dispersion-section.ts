import { shownName } from '../names.ts';
import type { Report } from '../report.ts';
import { shownBytes, shownNumber } from '../units.ts';
import { strip } from './charts.ts';
import { setAttributes, type Page, type PageElement } from './dom.ts';
import { numberCell, table, type Row } from './table.ts';

// Where there are more patterns, the most frequent ones are shown.
const maxStrips = 50;
// More would hide the strips.
const maxBorders = 100;

/**
 * Returns the section on where along the corpus the patterns are. The name of a pattern and its strip stand in one row. Where there are
 * groups, range and deviation are those over the groups.
 */
export function dispersionSection(page: Page, report: Report): PageElement[] {
  const { dispersion, counters, records: allRecords, plan } = report;
  if (dispersion.parts === 0) return [];
  const shown = counters.mostFrequent(maxStrips);
  const borders = bordersOf(report);
  const rows = shown.map(({ index, label, total, records, overParts, overGroups }): Row => {
    const picture = strip(page, report, index, borders ?? []);
    const shownAs = shownName(label);
    const { range, parts, deviation } = overGroups ?? overParts ?? { range: 0, parts: 0 };
    setAttributes(picture, {
      'aria-label': `${shownAs}: in ${overParts?.range ?? 0} of ${shownNumber(overParts?.parts ?? 0, 'part')} of the corpus`,
    });
    return {
      cells: [
        { content: page.name(shownAs), isHead: true },
        numberCell(total),
        ...(allRecords === undefined ? [] : [numberCell(records)]),
        { content: `${range}/${parts}`, key: range },
        numberCell(deviation, (number) => number.toFixed(2)),
        { content: picture },
      ],
    };
  });
  const ends = Array.from(dispersion.bytes.reduce<number[]>((sums, size) => [...sums, (sums.at(-1) ?? 0) + size], []));
  const scale = page.make('span', {}, page.make('b', {}, '0'), page.make('b', {}, shownBytes(plan.files.bytes)));
  const kind = plan.spec.kind === 'count' ? 'pattern' : 'counter';
  const heads = [
    { content: kind },
    { content: 'count', isNumber: true },
    ...(allRecords === undefined ? [] : [{ content: 'records', isNumber: true }]),
    { content: 'range', isNumber: true },
    { content: 'DP', isNumber: true },
    { content: scale, class: 'along' },
  ];
  const className = allRecords === undefined ? 'strips' : 'strips with-records';
  return [
    page.make(
      'section',
      { 'data-ends': ends.join(' ') },
      page.make('h2', {}, kind === 'pattern' ? 'Where the patterns are' : 'Where the text is'),
      table(page, 'counts along the corpus', heads, rows, className),
      page.make('output', { 'aria-live': 'polite' }),
      page.make('p', { class: 'note' }, notesOn(report, borders, shown.length).join(' ')),
    ),
  ];
}

/** Returns sentences on what the table shows. @param shown The number of its rows. */
function notesOn(
  { dispersion, counters, groups, records, plan }: Report,
  borders: readonly number[] | undefined,
  shown: number,
): string[] {
  return [
    `Each strip is the corpus from its first byte to its last one, in ${shownNumber(dispersion.parts, 'part')}; the higher, the more occurrences for each byte.`,
    ...(records === undefined ? [] : [`Records: in how many of ${shownNumber(records, 'record')}.`]),
    groups
      ? `Range: in how many of the groups that are counted. DP: deviation of proportions over the groups, by their ${groups.unit}, from 0 (evenly spread) to 1.`
      : 'Range: in how many of the parts that are counted. DP: deviation of proportions, from 0 (evenly spread) to 1.',
    ...(borders === undefined ? [`There are ${plan.files.length} files, too many to show their borders.`] : []),
    ...(borders !== undefined && borders.length > 0 ? ['Thin lines are borders of files.'] : []),
    ...(dispersion.bytesDone.includes(0) ? ['Grey parts are not counted yet.'] : []),
    ...(shown === counters.length ? [] : [`These are the ${maxStrips} most frequent of ${counters.length}.`]),
  ];
}

/** Returns the offsets in the corpus at which all files but the first begin; undefined if there are too many to show. */
function bordersOf({ plan: { files } }: Report): number[] | undefined {
  if (files.length > maxBorders + 1) return undefined;
  let end = 0;
  const ends = Array.from(files, ({ size }) => (end += size));
  return ends.slice(0, -1);
}
