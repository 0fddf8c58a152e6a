import { createHash } from 'node:crypto';

import { expect, test } from 'vitest';

import { pageMark } from '../../../../src/report/html/page.ts';
import { pageOf, type MadePage, type PageNode } from '../../../support/page.ts';
import { groupedStory, hostileNames, plainStory, storyOfNames } from '../../../support/report-stories.ts';

/** Returns the heights of a strip at each part, from the path that was drawn. */
function heightsOf(row: PageNode): number[] {
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
  const rows = pageOf(plainStory).all('[data-ends] tbody tr');
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

const headsOf = ({ all }: MadePage) =>
  all('[data-ends] thead th').map(({ textContent }) => textContent.replace(/^0.*/, 'strip'));

test('counts that are not broken down have the range over the parts', () => {
  const made = pageOf(plainStory);
  expect(headsOf(made)).toEqual(['pattern', 'count', 'range', 'DP', 'strip']);
  expect(made.document.querySelector('[data-ends] .note')?.textContent).toBe(
    'Each strip is the corpus from its first byte to its last one, in 4 parts; the higher, the more occurrences for each byte. ' +
      'Range: in how many of the parts that are counted. DP: deviation of proportions, from 0 (evenly spread) to 1.',
  );
});

test('groups and records stand in the row of their pattern, and a strip is labelled by what it shows', () => {
  const made = pageOf({ ...groupedStory, counts: groupedStory.counts.with(3, undefined) });
  expect(headsOf(made)).toEqual(['pattern', 'count', 'records', 'range', 'DP', 'strip']);
  const rows = made.all('[data-ends] tbody tr').map((row) => ({
    cells: [...row.querySelectorAll('th, td')].slice(0, 5).map(({ textContent }) => textContent),
    label: row.querySelector('svg')?.getAttribute('aria-label'),
  }));
  expect(rows).toEqual([
    { cells: ['love', '12', '7', '2/3', '0.33'], label: 'love: in 2 of 3 parts of the corpus' },
    { cells: ['hate', '16', '4', '1/3', '0.67'], label: 'hate: in 1 of 3 parts of the corpus' },
    { cells: ['peace', '3', '3', '3/3', '0.00'], label: 'peace: in 3 of 3 parts of the corpus' },
  ]);
  expect(made.document.querySelector('[data-ends] .note')?.textContent).toBe(
    'Each strip is the corpus from its first byte to its last one, in 4 parts; the higher, the more occurrences for each byte. ' +
      'Records: in how many of 13 records. Range: in how many of the groups that are counted. ' +
      'DP: deviation of proportions over the groups, by their bytes, from 0 (evenly spread) to 1. ' +
      'Thin lines are borders of files. Grey parts are not counted yet.',
  );
  const facts = made.all('dd').map(({ textContent }) => textContent);
  expect(facts).toEqual(expect.arrayContaining(['13 (line)', '3, by file']));
});

test('of many patterns, the strips of the most frequent ones are those of their names', () => {
  const patterns = Array.from({ length: 120 }, (_, index) => `word${index}`);
  const counts = [0, 1, 2, 3].map((block) => patterns.map((_, index) => (index % 4 === block ? index : 0)));
  const rows = pageOf({ ...plainStory, patterns, counts }).all('[data-ends] tbody tr');
  expect(rows).toHaveLength(50);
  for (const [place, row] of rows.entries()) {
    const index = 119 - place;
    expect(row.querySelector('th')?.textContent).toBe(`word${index}`);
    expect(heightsOf(row)).toEqual([0, 1, 2, 3].map((block) => (index % 4 === block ? 32 : 0)));
  }
});

test('a slow rank is named first, with the reason', () => {
  const { document, all } = pageOf(plainStory);
  expect(document.querySelector('ul')?.textContent).toBe(
    'rank 1 on node2 counted for 60 s, the median rank for 20.0 s: it takes longer to scan a byte',
  );
  expect(all('tr.warning').map((row) => row.querySelector('th')?.textContent)).toEqual(['1']);
});

test('an unfinished count says so at the top, and marks what is not counted', () => {
  const { document } = pageOf({ ...plainStory, counts: [[1, 1, 1], undefined, [1, 1, 1], [1, 1, 1]] });
  expect(document.querySelector('.state')?.textContent).toBe(
    'not complete: 3 of 4 blocks are counted; all below is about these',
  );
  const gap = document.querySelector('[data-ends] tbody svg rect');
  expect([gap?.getAttribute('x'), gap?.getAttribute('width')]).toEqual(['1', '1']);
});

test('the page needs nothing but itself', () => {
  const { text, all } = pageOf(plainStory);
  expect(text.startsWith(pageMark)).toBe(true);
  expect(all('link, iframe, object, embed, script[src], base, form')).toEqual([]);
  for (const image of all('img, image')) {
    const source = image.getAttribute('src') ?? image.getAttribute('href');
    expect(source?.slice(0, 22)).toBe('data:image/png;base64,');
  }
  expect(text).not.toMatch(/url\(|@import/);
});

test('the policy of the page allows its own script, and nothing else', () => {
  const { document, all } = pageOf(plainStory);
  const [script, ...others] = all('script');
  expect(others).toEqual([]);
  const hash = createHash('sha256')
    .update(script?.textContent ?? '')
    .digest('base64');
  expect(document.querySelector('meta[http-equiv]')?.getAttribute('content')).toBe(
    `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`,
  );
});

test('hostile names are text, and nothing of them becomes markup', () => {
  const hostile = pageOf(storyOfNames(hostileNames));
  const harmless = pageOf(storyOfNames(hostileNames.map((_, index) => `name${index}`)));
  // The same elements as with harmless names, but for the axes of pictures, which leave room for labels.
  const shape = (made: MadePage) => made.all('*').filter((node) => !node.closest('svg'));
  const kinds = (nodes: readonly PageNode[]) => nodes.map(({ localName }) => localName);
  expect(kinds(shape(hostile))).toEqual(kinds(shape(harmless)));
  expect(new Set(kinds(hostile.all('*')))).toEqual(new Set(kinds(harmless.all('*'))));
  const names = hostile.all('[data-ends] tbody th').map(({ textContent }) => textContent);
  expect(names.slice(0, 3)).toEqual(hostileNames.slice(0, 3));
  expect(names[3]).toBe('\\xe2\\x80\\xae\\xe2\\x81\\xa6evil\\xe2\\x80\\x8b\\x07\\x1b[31m\\x00');
  expect(names.slice(4, 6)).toEqual(hostileNames.slice(4, 6));
  expect(names.at(-1)).toBe(`${'鯨'.repeat(200)}…`);
  expect(hostile.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028]/u);
  for (const node of hostile.all('*')) {
    for (const attribute of ['onerror', 'onmouseover']) expect(node.getAttribute(attribute)).toBeNull();
  }
});
