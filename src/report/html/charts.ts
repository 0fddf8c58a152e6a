import * as Plot from '@observablehq/plot';
import stringWidth from 'string-width';

import { countsAlong, type Dispersion } from '../dispersion.ts';
import type { Report } from '../report.ts';
import { fit } from '../text/columns.ts';
import { unitFor } from '../units.ts';
import { setAttributes, type Page, type PageElement } from './dom.ts';
import type { HeatMap } from './heat-map.ts';
import { shownHost, shownRanks } from '../names.ts';
import { dataUri, encodePng, type Colour } from './png.ts';

// The pictures, drawn by Observable Plot when the page is written.

/** Draws a picture with the library, whose types are those of browsers. */
function plot(page: Page, options: object): PageElement {
  const draw = Plot.plot as unknown as (options: object) => PageElement;
  const drawn = draw({ document: page.document, ...options });
  // A picture has one label, for all of it. Those of its parts are not allowed on elements without a role.
  for (const part of drawn.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label');
  setAttributes(drawn, { role: 'img', 'font-size': fontSize });
  return drawn;
}

const fontSize = 12;
// The widths of a column of text, upright and bold, in a wide font.
const [columnWidth, boldColumnWidth] = [7.5, 8.5];

/** Each chart is drawn twice, for wide and for narrow screens, since labels must not shrink with it. */
const chartWidths = { wide: 880, narrow: 360 } as const;

export type ChartSize = keyof typeof chartWidths;
export const chartSizes: readonly ChartSize[] = ['wide', 'narrow'];

const stripHeight = 32;

/**
 * Draws the strip of a counter: its occurrences for each byte, part by part, up to the part with the most.
 * @param borders The offsets in the corpus at which files begin, in bytes.
 */
export function strip(
  page: Page,
  { dispersion, bytes }: Report,
  counter: number,
  borders: readonly number[],
): PageElement {
  const { parts } = dispersion;
  const densities = densitiesOf(dispersion, counter);
  const most = Math.max(...densities.filter((density) => !Number.isNaN(density)));
  // Whole numbers make short paths. Whatever occurs can be seen.
  const heights = densities.map((density) =>
    density > 0 ? Math.max(2, Math.round((stripHeight * density) / most)) : 0,
  );
  const steps = heights.map((y, x) => ({ x, y }));
  const gaps = gapsIn(densities);
  const svg = plot(page, {
    width: parts,
    height: stripHeight,
    margin: 0,
    axis: null,
    x: { domain: [0, parts], range: [0, parts] },
    y: { domain: [0, stripHeight], range: [stripHeight, 0] },
    marks: [
      Plot.rectY(gaps, {
        x1: 'first',
        x2: 'end',
        y1: 0,
        y2: stripHeight,
        fill: 'var(--gap)',
      }),
      Plot.areaY([...steps, { x: parts, y: heights.at(-1) ?? 0 }], {
        x: 'x',
        y: 'y',
        curve: 'step-after',
        fill: 'var(--strip)',
      }),
      Plot.ruleX(
        borders.map((border) => (border / bytes) * parts),
        { stroke: 'var(--border)', strokeWidth: 1 },
      ),
    ],
  });
  setAttributes(svg, {
    width: '100%',
    height: stripHeight,
    preserveAspectRatio: 'none',
    'data-counts': countsAlong(dispersion, counter).join(' '),
  });
  return svg;
}

/** Returns the occurrences for each byte, part by part; NaN where nothing is counted. */
function densitiesOf(dispersion: Dispersion, counter: number): number[] {
  const counts = countsAlong(dispersion, counter);
  return Array.from(dispersion.bytesDone, (done, part) => (done > 0 ? (counts[part] ?? 0) / done : NaN));
}

/** Returns the parts in a row in which nothing is counted. */
function gapsIn(densities: readonly number[]): { first: number; end: number }[] {
  const gaps: { first: number; end: number }[] = [];
  for (const [part, density] of densities.entries()) {
    if (!Number.isNaN(density)) continue;
    const before = gaps.at(-1);
    if (before?.end === part) before.end += 1;
    else gaps.push({ first: part, end: part + 1 });
  }
  return gaps;
}

// Index 0 is transparent.
const shades = 255;
const cividis = Plot.scale({ color: { type: 'linear', scheme: 'cividis', domain: [1, shades] } });

const palette: readonly Colour[] = [
  [0, 0, 0, 0],
  ...Array.from({ length: shades }, (_, index): Colour => {
    const [red = 0, green = 0, blue = 0] = (String(cividis.apply(index + 1)).match(/\d+/g) ?? []).map(Number);
    return [red, green, blue, 255];
  }),
];

function shadeOf(rate: number, most: number): number {
  if (Number.isNaN(rate)) return 0;
  return most === 0 ? 1 : 1 + Math.min(shades - 1, Math.round(((shades - 1) * rate) / most));
}

const [marginTop, marginBottom, labelGap] = [8, 42, 6];
const minLabelGap = 13;
const hostColumns = { wide: 24, narrow: 10 } as const;
const maxValues = 20_000;

/** Draws the heat map of a run. */
export function heatMap(page: Page, map: HeatMap, size: ChartSize): PageElement {
  const { rows, columns, seconds, rates, most } = map;
  const chartWidth = chartWidths[size];
  const rowHeight = Math.max(3, Math.min(18, Math.floor(480 / rows.length)));
  const height = rowHeight * rows.length;
  const [hosts, slow] = [hostLabels(map, rowHeight, hostColumns[size]), slowLabels(map, rowHeight)];
  const marginLeft = marginFor(hosts, columnWidth);
  const marginRight = marginFor(slow, boldColumnWidth);
  const width = chartWidth - marginLeft - marginRight;
  const pixels = Uint8Array.from(rates, (rate) => shadeOf(rate, most));
  const image = { src: dataUri(encodePng(columns, pixels, palette)) };
  const label = { y: 'y', text: 'text' };
  const svg = plot(page, {
    width: chartWidth,
    height: height + marginTop + marginBottom,
    marginLeft,
    marginRight,
    marginTop,
    marginBottom,
    x: { domain: [0, seconds], label: 'seconds since the first rank began', labelAnchor: 'center' },
    y: { domain: [0, rows.length], range: [marginTop, marginTop + height], axis: null },
    marks: [
      Plot.frame({ stroke: 'var(--border)' }),
      Plot.image([image], {
        x: seconds / 2,
        y: rows.length / 2,
        src: 'src',
        width,
        height,
        preserveAspectRatio: 'none',
        imageRendering: 'pixelated',
      }),
      Plot.rect(slowTimes(map), {
        x1: 'begin',
        x2: 'end',
        y1: 'y1',
        y2: 'y2',
        stroke: 'var(--mark)',
        strokeWidth: 1.5,
      }),
      Plot.text(hosts, { ...label, x: 0, dx: -labelGap, textAnchor: 'end' }),
      Plot.text(slow, {
        ...label,
        x: seconds,
        dx: labelGap,
        textAnchor: 'start',
        fontWeight: 'bold',
        fill: 'var(--mark)',
      }),
    ],
  });
  setAttributes(svg, {
    'data-rows': JSON.stringify(rows.map(({ ranks }) => shownRanks(ranks))),
    'data-frame': [marginLeft, marginTop, width, height].join(' '),
    'data-seconds': seconds,
    'data-most': most,
    // So that a reader can be told the rates of a small picture.
    'data-shades': pixels.length <= maxValues ? Buffer.from(pixels).toString('base64') : undefined,
  });
  return svg;
}

/** Returns the width of a margin with labels. */
function marginFor(labels: readonly Label[], width: number): number {
  return Math.ceil(2 * labelGap + width * Math.max(1, ...labels.map(({ text }) => stringWidth(text))));
}

/** Returns the times at which slow ranks count, to frame them. */
function slowTimes({ rows, begun }: HeatMap): object[] {
  return rows.flatMap(({ ranks }, row) => {
    const slow = ranks.filter((rank) => rank.slow !== undefined);
    if (slow.length === 0) return [];
    const begin = Math.min(...slow.map((rank) => (rank.begun - begun) / 1000));
    const end = Math.max(...slow.map((rank) => (rank.begun - begun) / 1000 + rank.counting));
    return { begin, end, y1: row, y2: row + 1 };
  });
}

interface Label {
  readonly y: number;
  readonly text: string;
}

/** Returns labels that do not overlap. */
function apart(labels: readonly Label[], rowHeight: number): Label[] {
  const shown: Label[] = [];
  for (const label of labels) {
    const before = shown.at(-1);
    if (!before || (label.y - before.y) * rowHeight >= minLabelGap) shown.push(label);
  }
  return shown;
}

/** Names each rank of few, else each host at its first row. */
function hostLabels({ rows }: HeatMap, rowHeight: number, columns: number): Label[] {
  const isEach = rowHeight >= minLabelGap && rows.every(({ ranks }) => ranks.length === 1);
  const labels = rows.flatMap(({ ranks }, row) => {
    const [first] = ranks;
    if (!first) return [];
    const host = fit(shownHost(first.host), columns);
    if (isEach) return [{ y: row + 0.5, text: `${host} · ${first.rank}` }];
    return rows[row - 1]?.ranks[0]?.host === first.host ? [] : [{ y: row + 0.5, text: host }];
  });
  return apart(labels, rowHeight);
}

function slowLabels({ rows }: HeatMap, rowHeight: number): Label[] {
  const labels = rows.flatMap(({ ranks }, row) => {
    const slow = ranks.filter((rank) => rank.slow !== undefined);
    const [first] = slow;
    if (!first) return [];
    return [
      { y: row + 0.5, text: `◂ ${first.rank}: ${first.slow ?? ''}${slow.length > 1 ? ` +${slow.length - 1}` : ''}` },
    ];
  });
  return apart(labels, rowHeight);
}

/** Draws the colours of heat maps, from 0 to the highest rate. */
export function colourScale(page: Page): PageElement {
  const pixels = Uint8Array.from({ length: shades }, (_, index) => index + 1);
  return page.make('img', {
    src: dataUri(encodePng(shades, pixels, palette)),
    alt: 'the colours from the lowest to the highest rate',
    class: 'scale',
    width: 180,
    height: 12,
  });
}

const fewRates = 40;

/** Draws the rates of ranks, in bytes a second, as a distribution. */
export function rateChart(page: Page, rates: readonly number[], size: ChartSize): PageElement {
  const isFew = rates.length <= fewRates;
  const { unit, factor } = unitFor(Math.max(...rates));
  const x = (rate: number) => rate / factor;
  const bars = { fill: 'var(--strip)', ...Plot.binX({ y: 'count' }, { x, thresholds: 40 }) };
  return plot(page, {
    width: chartWidths[size],
    height: isFew ? 80 : 200,
    marginLeft: isFew ? 20 : 60,
    marginBottom,
    x: { label: `${unit}/s`, labelAnchor: 'center', zero: true, nice: true },
    y: isFew ? { axis: null } : { label: 'ranks', grid: true },
    marks: isFew
      ? [Plot.tickX(rates, { x, stroke: 'var(--strip)', strokeWidth: 2 })]
      : [Plot.rectY(rates, bars), Plot.ruleY([0])],
  });
}
