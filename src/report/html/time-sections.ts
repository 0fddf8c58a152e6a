import type { HostOfReport } from '../hosts.ts';
import type { Report } from '../report.ts';
import type { RankOfRun } from '../runs.ts';
import { ratesIn } from '../state.ts';
import { shownBytes, shownNumber, shownRate, shownSeconds, shownTime } from '../units.ts';
import { chartSizes, colourScale, heatMap, rateChart, type ChartSize } from './charts.ts';
import { setAttributes, type Page, type PageElement } from './dom.ts';
import { heatMapOf, maxRows } from './heat-map.ts';
import { shownHost } from '../names.ts';
import { numberCell, table, type Cell, type Row } from './table.ts';

// The latest runs of a job that was resumed many times.
const maxRuns = 5;
const maxHosts = 1000;

/** Returns the sections on what the ranks did in the course of time, one for each run. */
export function timeSections(page: Page, { runs }: Report): PageElement[] {
  const first = Math.max(0, runs.length - maxRuns);
  return runs.slice(first).map((run, index) => {
    const map = heatMapOf(run);
    const title = `Ranks by time${runs.length > 1 ? `, run ${first + index + 1} of ${runs.length}` : ''}`;
    const label = `${title}: the rate of each rank in the course of time`;
    const rows =
      run.ranks.length > maxRows
        ? `Each row is the mean of those of about ${Math.round(run.ranks.length / maxRows)} ranks that were counting. `
        : 'Each row is a rank. ';
    const caption = page.make(
      'figcaption',
      {},
      `Begun ${shownTime(run.begun)}. ${rows}Colour is the rate:`,
      colourScale(page),
      `from 0 to ${shownBytes(map.most)}/s. No colour: not counting. A rank that is slow is framed, and named at its end.`,
    );
    return page.make(
      'section',
      {},
      page.make('h2', {}, title),
      page.make(
        'figure',
        {},
        ...charts(label, (size) => heatMap(page, map, size)),
        page.make('output', { 'aria-live': 'polite' }),
        caption,
      ),
    );
  });
}

/** Returns the section on the rates of all ranks. */
export function ratesSection(page: Page, { runs }: Report): PageElement[] {
  const rates = ratesIn(runs);
  if (rates.length === 0) return [];
  const label = `the rates of ${shownNumber(rates.length, 'rank')}, as a distribution`;
  const caption = 'The bytes of a rank, divided by the time from its start to its last block.';
  return [
    page.make(
      'section',
      {},
      page.make('h2', {}, 'Rates of ranks'),
      page.make(
        'figure',
        {},
        ...charts(label, (size) => rateChart(page, rates, size)),
        page.make('figcaption', {}, caption),
      ),
    ),
  ];
}

/** Draws a chart for screens of each width, of which the page shows one. */
function charts(label: string, draw: (size: ChartSize) => PageElement): PageElement[] {
  return chartSizes.map((size) => {
    const chart = draw(size);
    setAttributes(chart, { class: `chart ${size}`, 'aria-label': label });
    return chart;
  });
}

/** The columns with numbers, in the tables of ranks and of hosts. Those of decoding are there if anything was decoded. */
function numberHeads(hasDecoded: boolean) {
  const text = hasDecoded ? ['text'] : [];
  const decoding = hasDecoded ? ['decoding'] : [];
  const heads = ['slice', 'bytes', ...text, 'counting', 'reading', ...decoding, 'scanning', 'waiting', 'rate'];
  return heads.map((content) => ({ content, isNumber: true }));
}

/** Returns the cells of these columns. @param mean The bytes of a rank. */
function numberCells(of: Numbers, mean: number, hasDecoded: boolean): Cell[] {
  const { slice, bytes, text, counting, reading, decoding, scanning, waiting } = of;
  const times = [counting, reading, ...(hasDecoded ? [decoding] : []), scanning, waiting];
  return [
    ...[slice, bytes, ...(hasDecoded ? [text] : [])].map((size) => numberCell(size, shownBytes)),
    ...times.map((seconds) => numberCell(seconds, shownSeconds)),
    { content: shownRate(mean, counting), key: counting > 0 ? mean / counting : 0 },
  ];
}

type Numbers = Pick<
  HostOfReport,
  'slice' | 'bytes' | 'text' | 'counting' | 'reading' | 'decoding' | 'scanning' | 'waiting'
>;

function hasDecodedIn(runs: Report['runs']): boolean {
  return runs.some(({ ranks }) => ranks.some(({ decodeSeconds }) => decodeSeconds > 0));
}

const meaning =
  'Times are in seconds: counting, from the start of a rank to its last block; within it, reading, decoding and scanning, added up over threads; ' +
  'waiting, for other ranks after it. See docs/log-format.md for what makes a rank slow.';

/** Returns the section with a table of the ranks in all runs. */
export function rankTable(page: Page, { runs }: Report): PageElement {
  const hasDecoded = hasDecodedIn(runs);
  const rows = runs.flatMap(({ ranks }, run) =>
    ranks.map((rank) => rankRow(page, rank, runs.length > 1 ? run + 1 : 0, hasDecoded)),
  );
  const run = runs.length > 1 ? [{ content: 'run', isNumber: true }] : [];
  const heads = [
    ...run,
    { content: 'rank', isNumber: true },
    { content: 'slow' },
    { content: 'host' },
    ...numberHeads(hasDecoded),
  ];
  return tableSection(page, 'Ranks', table(page, 'ranks', heads, rows), meaning);
}

function rankRow(page: Page, rank: RankOfRun, run: number, hasDecoded: boolean): Row {
  const { bytes, readSeconds: reading, decodeSeconds: decoding, scanSeconds: scanning, host, slow } = rank;
  return {
    isWarning: slow !== undefined,
    cells: [
      ...(run > 0 ? [numberCell(run)] : []),
      { ...numberCell(rank.rank), isHead: true },
      { content: slow ?? '' },
      { content: page.name(shownHost(host)) },
      ...numberCells({ ...rank, reading, decoding, scanning }, bytes, hasDecoded),
    ],
  };
}

/** Returns the section with a table of the hosts. @param ranks The number of ranks in all. */
export function hostTable(page: Page, hosts: readonly HostOfReport[], ranks: number): PageElement {
  const hasDecoded = hosts.some(({ decoding }) => decoding > 0);
  const rows = hosts.slice(0, maxHosts).map((host) => hostRow(page, host, hasDecoded));
  const heads = [
    { content: 'host' },
    { content: 'ranks', isNumber: true },
    { content: 'slow' },
    ...numberHeads(hasDecoded),
  ];
  const more = hosts.length > maxHosts ? `, and ${hosts.length - maxHosts} hosts more` : '';
  const all = `Means over the ranks of a host; there are ${ranks} ranks${more}: mpicount report --format csv has all of them. `;
  return tableSection(page, 'Hosts', table(page, 'hosts', heads, rows), all + meaning);
}

function hostRow(page: Page, of: HostOfReport, hasDecoded: boolean): Row {
  const { host, ranks, bytes, slow } = of;
  return {
    isWarning: slow.length > 0,
    cells: [
      { content: page.name(shownHost(host)), isHead: true },
      numberCell(ranks),
      { content: slow.map(([reason, number]) => `${number} ${reason}`).join(', ') },
      ...numberCells(of, bytes / ranks, hasDecoded),
    ],
  };
}

function tableSection(page: Page, title: string, content: PageElement, note: string): PageElement {
  return page.make('section', {}, page.make('h2', {}, title), content, page.make('p', { class: 'note' }, note));
}
