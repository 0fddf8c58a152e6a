import { createHash } from 'node:crypto';

import { parseHTML } from 'linkedom';
import { expect, test } from 'vitest';

import { DispersionCounter, evennessOf } from '../../../../src/report/dispersion.ts';
import { htmlReport, pageMark } from '../../../../src/report/html/page.ts';
import type { Report } from '../../../../src/report/report.ts';
import { runsOf } from '../../../../src/report/runs.ts';
import { Stints } from '../../../../src/report/stints.ts';
import { Findings } from '../../../../src/scan/findings.ts';
import { Rows } from '../../../../src/tally/rows.ts';
import { blockEvent } from '../../../support/events.ts';
import { samplePlan } from '../../../support/log-folder.ts';
import { beginning, eventsOf, type RankStory } from '../../../support/rank-events.ts';
import { countSpec } from '../../../support/spec.ts';

// The page as a browser reads it. The types of the library for that are those of browsers.

interface Node {
  readonly textContent: string;
  readonly innerHTML: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): Node | null;
  querySelectorAll(selector: string): Node[];
}

interface Made {
  readonly text: string;
  readonly document: Node;
  readonly all: (selector: string) => Node[];
}

interface Story {
  readonly patterns: readonly (string | Buffer)[];
  readonly ranks: readonly RankStory[];
  /** For each block, the count of each pattern; undefined for one that is not counted. */
  readonly counts: readonly (readonly number[] | undefined)[];
  readonly files?: readonly { readonly path: string; readonly size: number }[];
}

function reportOf({ patterns, ranks, counts, files }: Story): Report {
  const size = 100 * counts.length;
  const plan = samplePlan({
    spec: countSpec(patterns),
    files: (files ?? [{ path: '/texts/book', size }]).map((file) => ({
      ...file,
      path: Buffer.from(file.path),
      modified: 1n,
    })),
    grid: { blockSize: 100, blocks: counts.length },
  });
  const dispersion = new DispersionCounter(plan.grid, patterns.length, size);
  for (const [block, each] of counts.entries()) if (each) dispersion.add(blockEvent({ block, counts: each }));
  const stints = new Stints();
  for (const rank of ranks) {
    const path = Buffer.from(`rank-${String(rank.rank).padStart(6, '0')}.jsonl`);
    for (const event of eventsOf(rank)) stints.take(event, path);
  }
  const missing = counts.flatMap((each, first) => (each ? [] : [{ first, end: first + 1 }]));
  return {
    plan,
    journal: {
      missing,
      blocksDone: counts.length - missing.length,
      totals: new Rows(patterns.length),
      findings: new Findings(),
      pending: [],
      skipped: new Map(),
      starts: ranks.length,
      hosts: [],
      ignoredLines: 0,
    },
    skipped: undefined,
    bytes: size,
    bytesDone: size - 100 * missing.length,
    runs: runsOf(stints.all),
    omitted: 0,
    dispersion,
    counters: patterns.map((name, index) => ({
      name: Buffer.from(name),
      total: BigInt(counts.reduce((sum, each) => sum + (each?.[index] ?? 0), 0)),
      ...evennessOf(dispersion, index),
    })),
    width: patterns.length,
  };
}

function pageOf(story: Story): Made {
  const text = htmlReport(reportOf(story), beginning);
  const { document } = parseHTML(text) as unknown as { document: Node };
  return { text, document, all: (selector) => [...document.querySelectorAll(selector)] };
}

/** A rank that counts two blocks. */
const rank = (number: number, host = 'node1', slowness = 1): RankStory => ({
  rank: number,
  host,
  ranks: 2,
  slice: 200,
  blocks: [0, 1].map((block) => ({
    block: 2 * number + block,
    at: 10 * slowness * (block + 1),
    scanning: 9.5 * slowness,
  })),
  counted: 20 * slowness,
  ended: 61,
});

const plain: Story = {
  patterns: ['love', 'hate', 'peace'],
  ranks: [rank(0), rank(1, 'node2', 3)],
  counts: [
    [8, 0, 1],
    [4, 0, 1],
    [0, 16, 1],
    [0, 0, 1],
  ],
};

/** Returns the heights of a strip at each part, from the path that was drawn. */
function heightsOf(row: Node): number[] {
  const path = row.querySelector('path')?.getAttribute('d') ?? '';
  // M x,y of the outline above, from left to right, each height twice, and then of the base line back.
  const points = [...path.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const heights: number[] = [];
  for (const [index, [x, y]] of points.entries()) {
    const next = points[index + 1];
    if (next?.[0] === x + 1 && next[1] === y) heights[x] = 32 - y;
  }
  return heights;
}

test('each strip stands in the row of its pattern', () => {
  const rows = pageOf(plain).all('[data-ends] tbody tr');
  const found = rows.map((row) => ({
    name: row.querySelector('th')?.textContent,
    count: row.querySelector('td')?.textContent,
    counts: row.querySelector('svg')?.getAttribute('data-counts'),
    heights: heightsOf(row),
  }));
  expect(found).toEqual([
    { name: 'love', count: '12', counts: '8 4 0 0', heights: [32, 16, 0, 0] },
    { name: 'hate', count: '16', counts: '0 0 16 0', heights: [0, 0, 32, 0] },
    { name: 'peace', count: '4', counts: '1 1 1 1', heights: [32, 32, 32, 32] },
  ]);
});

test('of many patterns, the strips of the most frequent ones are those of their names', () => {
  const patterns = Array.from({ length: 120 }, (_, index) => `word${index}`);
  const counts = [0, 1, 2, 3].map((block) => patterns.map((_, index) => (index % 4 === block ? index : 0)));
  const rows = pageOf({ ...plain, patterns, counts }).all('[data-ends] tbody tr');
  expect(rows).toHaveLength(50);
  for (const [place, row] of rows.entries()) {
    const index = 119 - place;
    expect(row.querySelector('th')?.textContent).toBe(`word${index}`);
    expect(heightsOf(row)).toEqual([0, 1, 2, 3].map((block) => (index % 4 === block ? 32 : 0)));
  }
});

test('a slow rank is named first, with the reason', () => {
  const { document, all } = pageOf(plain);
  expect(document.querySelector('ul')?.textContent).toBe(
    'rank 1 on node2 counted for 60 s, the median rank for 20.0 s: it takes longer to scan a byte',
  );
  expect(all('tr.warning').map((row) => row.querySelector('th')?.textContent)).toEqual(['1']);
});

test('an unfinished count says so at the top, and marks what is not counted', () => {
  const { document } = pageOf({ ...plain, counts: [[1, 1, 1], undefined, [1, 1, 1], [1, 1, 1]] });
  expect(document.querySelector('.state')?.textContent).toBe(
    'not complete: 3 of 4 blocks are counted; all below is about these',
  );
  const gap = document.querySelector('[data-ends] tbody svg rect');
  expect([gap?.getAttribute('x'), gap?.getAttribute('width')]).toEqual(['1', '1']);
});

test('the page needs nothing but itself', () => {
  const { text, all } = pageOf(plain);
  expect(text.startsWith(pageMark)).toBe(true);
  expect(all('link, iframe, object, embed, script[src], base, form')).toEqual([]);
  for (const image of all('img, image')) {
    const source = image.getAttribute('src') ?? image.getAttribute('href');
    expect(source?.slice(0, 22)).toBe('data:image/png;base64,');
  }
  expect(text).not.toMatch(/url\(|@import/);
});

test('the policy of the page allows its own script, and nothing else', () => {
  const { document, all } = pageOf(plain);
  const [script, ...others] = all('script');
  expect(others).toEqual([]);
  const hash = createHash('sha256')
    .update(script?.textContent ?? '')
    .digest('base64');
  expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toBe(
    `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`,
  );
});

const hostile = [
  '<script>alert(1)</script>',
  '</style></title></script>"\'&amp;&lt;`${x}`',
  ']]><!--',
  '\u202e\u2066evil\u200b\u0007\u001b[31m\u0000',
  '<img src=x onerror=alert(1)>',
  'שלום',
  `${'鯨'.repeat(5000)}<b>`,
];

test('hostile names are text, and nothing of them becomes markup', () => {
  const ranks = hostile.map((host, index) => ({ ...rank(index, host.slice(0, 255)), ranks: hostile.length }));
  const counts = Array.from({ length: 14 }, () => hostile.map(() => 1));
  const files = hostile.map((path) => ({ path: `/${path.replace('\0', '')}`, size: 200 }));
  const { text, document, all } = pageOf({ patterns: hostile, ranks, counts, files });
  const harmless = pageOf({
    patterns: hostile.map((_, index) => `word${index}`),
    ranks: ranks.map((each, index) => ({ ...each, host: `node${index}` })),
    counts,
    files: files.map(({ size }, index) => ({ path: `/file${index}`, size })),
  });
  // The same elements, in the same order, as with harmless names.
  const shape = (made: Made) => made.all('*').map((node) => (node as unknown as { localName: string }).localName);
  expect(shape({ text, document, all }).sort()).toEqual(shape(harmless).sort());
  const names = all('[data-ends] tbody th').map(({ textContent }) => textContent);
  expect(names.slice(0, 3)).toEqual(hostile.slice(0, 3));
  expect(names[3]).toBe('\\xe2\\x80\\xae\\xe2\\x81\\xa6evil\\xe2\\x80\\x8b\\x07\\x1b[31m\\x00');
  expect(names.slice(4)).toEqual([hostile[4], hostile[5], `${'鯨'.repeat(200)}…`]);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  for (const node of all('*')) expect(node.getAttribute('onerror')).toBeNull();
});

test('10,000 ranks and 100,000 blocks fit into 2 MB', { timeout: 120_000 }, () => {
  const ranks = Array.from({ length: 10_000 }, (_, number) => ({
    ...rank(number, `node${Math.floor(number / 40)}`, number === 6_300 ? 3 : 1),
    ranks: 10_000,
  }));
  const patterns = Array.from({ length: 100 }, (_, index) => `word${index}`);
  const row = patterns.map((_, index) => index);
  const counts = Array.from({ length: 100_000 }, (_, block) => row.map((index) => (index * block) % 97));
  const { text, document, all } = pageOf({ patterns, ranks, counts });
  expect(Buffer.byteLength(text)).toBeLessThan(2_000_000);
  expect(document.querySelector('ul')?.textContent).toMatch(/^rank 6300 on node157 counted for 60 s/);
  expect(all('[aria-label=hosts] tbody tr')).toHaveLength(250);
  expect(all('svg text').map(({ textContent }) => textContent)).toContain('◂ 6300: scanning');
});
