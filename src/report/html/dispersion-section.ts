import type { Report } from '../report.ts';
import { shownBytes, shownNumber } from '../units.ts';
import { strip } from './charts.ts';
import { setAttributes, type Page, type PageElement } from './dom.ts';
import { shownName } from '../names.ts';
import { numberCell, table, type Row } from './table.ts';

// Where there are more patterns, the most frequent ones are shown.
const maxStrips = 50;
// More would hide the strips.
const maxBorders = 100;

/** Returns the section on where along the corpus the patterns are. The name of a pattern and its strip stand in one row. */
export function dispersionSection(page: Page, report: Report): PageElement[] {
  const { dispersion, counters, width, plan } = report;
  if (dispersion.parts === 0) return [];
  const shown = counters.map((counter, index) => ({ counter, index }));
  const isAll = width <= maxStrips;
  if (!isAll) shown.sort((one, other) => Number(other.counter.total - one.counter.total) || one.index - other.index);
  const borders = bordersOf(report);
  const rows = shown.slice(0, maxStrips).map(({ counter: { name, total, range, parts, deviation }, index }): Row => {
    const picture = strip(page, report, index, borders ?? []);
    const shownAs = shownName(name);
    setAttributes(picture, { 'aria-label': `${shownAs}: in ${range} of ${shownNumber(parts, 'part')} of the corpus` });
    return {
      cells: [
        { content: page.name(shownAs), isHead: true },
        numberCell(total),
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
    { content: 'range', isNumber: true },
    { content: 'DP', isNumber: true },
    { content: scale, class: 'along' },
  ];
  const notes = [
    `Each strip is the corpus from its first byte to its last one, in ${shownNumber(dispersion.parts, 'part')}; the higher, the more occurrences for each byte. `,
    'Range: in how many of the parts that are counted. DP: deviation of proportions, from 0 (evenly spread) to 1.',
    ...(borders === undefined ? [` There are ${plan.files.length} files, too many to show their borders.`] : []),
    ...(borders !== undefined && borders.length > 0 ? [' Thin lines are borders of files.'] : []),
    ...(dispersion.bytesDone.includes(0) ? [' Grey parts are not counted yet.'] : []),
    ...(isAll ? [] : [` These are the ${maxStrips} most frequent of ${width}.`]),
  ];
  return [
    page.make(
      'section',
      { 'data-ends': ends.join(' ') },
      page.make('h2', {}, kind === 'pattern' ? 'Where the patterns are' : 'Where the text is'),
      table(page, 'counts along the corpus', heads, rows, 'strips'),
      page.make('output', { 'aria-live': 'polite' }),
      page.make('p', { class: 'note' }, ...notes),
    ),
  ];
}

/** Returns the offsets in the corpus at which all files but the first begin; undefined if there are too many to show. */
function bordersOf({ plan: { files } }: Report): number[] | undefined {
  if (files.length > maxBorders + 1) return undefined;
  let end = 0;
  const ends = Array.from(files, ({ size }) => (end += size));
  return ends.slice(0, -1);
}
