import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { htmlReport } from '../../src/report/html/page.ts';
import { program, run, temporaryFolder } from '../support/job.ts';
import { beginning } from '../support/rank-events.ts';
import {
  groupedStory,
  hostileNames,
  largeStory,
  plainStory,
  reportOf,
  storyOfLargeNumbers,
  storyOfNames,
} from '../support/report-stories.ts';
import { prose } from '../support/text.ts';
import { inaccessible, misplacedLabels, openFile, startBrowser } from './browser.ts';

// Reports in a browser, as people see and use them.

const { folder, remove } = temporaryFolder();
let browser: Browser;

const stories = {
  plain: plainStory,
  // A part of it is not counted.
  unfinished: { ...plainStory, counts: [...plainStory.counts.slice(0, 2), undefined, undefined] },
  grouped: groupedStory,
  hostile: storyOfNames(hostileNames),
  largeNumbers: storyOfLargeNumbers(hostileNames),
  large: largeStory(),
};
const pages = [...Object.keys(stories), 'counted'];
const pathOf = (name: string) => join(folder, `${name}.html`);

beforeAll(async () => {
  browser = await startBrowser();
  for (const [name, story] of Object.entries(stories))
    writeFileSync(pathOf(name), htmlReport(reportOf(story), beginning));
  // One by the program itself, of a count without MPI's launcher.
  const text = join(folder, 'text.txt');
  writeFileSync(text, prose(60_000));
  const command = [process.execPath, program];
  const logDir = join(folder, 'logs');
  const count = ['count', '--log-dir', logDir, '--block-size', '1000', '-e', 'love', '-e', '<b>', text, text];
  for (const args of [count, ['report', '--html', pathOf('counted'), logDir]]) {
    expect(await run([...command, ...args], { timeoutSeconds: 60 })).toMatchObject({ status: 0, stderr: '' });
  }
});

afterAll(async () => {
  await browser.close();
  remove();
});

async function inPage(
  name: string,
  options: BrowserContextOptions,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, faults } = await openFile(browser, pathOf(name), options);
  await look(page);
  expect(faults).toEqual([]);
  await page.context().close();
}

const phone = { viewport: { width: 390, height: 800 }, isMobile: true };

/** Checks that no picture has labels out of their place, and that no text is beside the screen. */
async function isInPlace(page: Page): Promise<void> {
  expect(await misplacedLabels(page)).toEqual([]);
  const [needed, available] = await page.evaluate<[number, number]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  expect(needed).toBeLessThanOrEqual(available);
}

describe.each(pages)('%s', (name) => {
  test('is accessible, light and dark, and in place on a wide screen and on a phone', async () => {
    await inPage(name, {}, async (page) => {
      expect(await inaccessible(page)).toEqual([]);
      await isInPlace(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await inaccessible(page, ['color-contrast'])).toEqual([]);
      await page.setViewportSize(phone.viewport);
      await isInPlace(page);
    });
  });
});

test.each(['plain', 'counted'])('%s shows the same without its script', async (name) => {
  const texts: string[] = [];
  for (const javaScriptEnabled of [true, false]) {
    await inPage(name, { javaScriptEnabled }, async (page) => {
      texts.push(await page.locator('main').innerText());
      expect((await page.locator('th button').count()) > 0).toBe(javaScriptEnabled);
    });
  }
  expect(texts[1]).toBe(texts[0]);
  expect(texts[0]).toContain('Where the patterns are');
});
/** Returns what each strip shows, by the name beside it. */
async function strips(page: Page): Promise<[string, string | null][]> {
  const rows = await page.locator('.strips tbody tr').all();
  return Promise.all(
    rows.map(
      async (row) =>
        [await row.locator('th').innerText(), await row.locator('svg').getAttribute('data-counts')] as [
          string,
          string | null,
        ],
    ),
  );
}

const inOrder: [string, string][] = [
  ['love', '8 4 0 0'],
  ['hate', '0 0 16 0'],
  ['peace', '1 1 1 1'],
];
const [love, hate, peace] = inOrder;

test.each(
  ['plain', 'grouped'].flatMap((name) => [[name, 'a wide screen', {}] as const, [name, 'a phone', phone] as const]),
)('%s: on %s, each strip is by its name, and within the screen', async (name, _, options) => {
  await inPage(name, options, async (page) => {
    expect(await strips(page)).toEqual(inOrder);
    expect(await inaccessible(page)).toEqual([]);
    const width = page.viewportSize()?.width ?? 0;
    let bottom = 0;
    for (const row of await page.locator('.strips tbody tr').all()) {
      const [name, strip] = [await row.locator('th').boundingBox(), await row.locator('svg').boundingBox()];
      const top = Math.min(name!.y, strip!.y);
      expect(top).toBeGreaterThanOrEqual(bottom);
      bottom = Math.max(name!.y + name!.height, strip!.y + strip!.height);
      expect(bottom - top).toBeLessThan(90);
      expect(strip!.x + strip!.width).toBeLessThanOrEqual(width);
      expect(strip!.width).toBeGreaterThan(300);
    }
  });
});

test.each([
  ['a wide screen', {}],
  ['a phone', phone],
])('on %s, the numbers of a pattern stand beside each other, below their heads', async (_, options) => {
  await inPage('grouped', options, async (page) => {
    const heads = await page.locator('.strips thead th.number').all();
    expect(await Promise.all(heads.map((head) => head.innerText()))).toEqual(['count', 'records', 'range', 'DP']);
    const rows = await page.locator('.strips tbody tr').all();
    expect(rows).toHaveLength(3);
    for (const row of rows) {
      let [top, left] = [undefined as number | undefined, 0];
      for (const [column, cell] of (await row.locator('td.number').all()).entries()) {
        const [head, box] = [await heads[column]!.boundingBox(), await cell.boundingBox()];
        expect([box!.y, box!.x + box!.width]).toEqual([top ?? box!.y, expect.closeTo(head!.x + head!.width, 0)]);
        expect(box!.x).toBeGreaterThanOrEqual(left);
        [top, left] = [box!.y, box!.x + box!.width - 1];
      }
    }
  });
});

test('tables are sorted by pointer and by keyboard, and strips stay with their names', async () => {
  await inPage('plain', {}, async (page) => {
    const count = page.locator('.strips thead th', { hasText: 'count' });
    await count.getByRole('button').click();
    expect(await count.getAttribute('aria-sort')).toBe('ascending');
    expect(await strips(page)).toEqual([peace, love, hate]);
    await count.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect(await count.getAttribute('aria-sort')).toBe('descending');
    expect(await strips(page)).toEqual([hate, love, peace]);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Space');
    expect(await count.getAttribute('aria-sort')).toBeNull();
    expect(await strips(page)).toEqual([hate, love, peace]); // by name
    const counting = page.locator('[aria-label=ranks] thead th', { hasText: 'counting' });
    await counting.getByRole('button').click();
    await counting.getByRole('button').click();
    expect(await page.locator('[aria-label=ranks] tbody th').allInnerTexts()).toEqual(['1', '0']);
  });
});

test('pointer and arrow keys tell what is at a place of a picture', async () => {
  await inPage('plain', {}, async (page) => {
    const told = page.locator('[data-ends] output');
    const strip = page.locator('.strips tbody svg').first();
    const box = await strip.boundingBox();
    await page.mouse.move(box!.x + 0.4 * box!.width, box!.y + 5);
    expect(await told.innerText()).toBe('from 100 B to 200 B: 4 of love');
    await page.locator('.strips tbody svg').nth(1).focus();
    expect(await told.innerText()).toBe('from 0 B to 100 B: 0 of hate');
    for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowRight');
    expect(await told.innerText()).toBe('from 200 B to 300 B: 16 of hate');
    const figure = page.locator('figure').first();
    const map = figure.locator('svg.wide');
    await map.focus();
    await page.keyboard.press('ArrowDown');
    expect(await figure.locator('output').innerText()).toBe('rank 1 on node2, after 0.1 s, about 0 B/s');
    // After a quarter of the time, rank 0 has counted half of what it counts in 20 s, and rank 1 is at its first block.
    const [left = 0, top = 0, width = 0, height = 0] = ((await map.getAttribute('data-frame')) ?? '')
      .split(' ')
      .map(Number);
    const frame = await map.boundingBox();
    const scale = frame!.width / 880;
    await page.mouse.move(frame!.x + scale * (left + 0.25 * width), frame!.y + scale * (top + 0.75 * height));
    expect(await figure.locator('output').innerText()).toMatch(/^rank 1 on node2, after 15\.\d s, about [34] B\/s$/);
  });
});

test('hostile names are shown as text, and end where they end', async () => {
  await inPage('hostile', {}, async (page) => {
    expect(await page.locator('main img').count()).toBe(1); // the scale of colours
    expect(await page.locator('main script, main :not(svg) > style, [onerror], [onmouseover]').count()).toBe(0);
    expect(await page.title()).toBe('mpicount report');
    const names = await page.locator('.strips tbody th').allTextContents();
    expect(names).toHaveLength(hostileNames.length);
    expect(names.slice(0, 3)).toEqual(hostileNames.slice(0, 3));
    // The count stands in a column of its own, whatever direction the name has.
    for (const row of await page.locator('.strips tbody tr').all()) {
      const [name, count] = [await row.locator('th').boundingBox(), await row.locator('td').first().boundingBox()];
      expect(name!.x + name!.width).toBeLessThanOrEqual(count!.x + 1);
      expect(await row.locator('td').first().innerText()).toBe(String(2 * hostileNames.length));
    }
  });
});

test('on paper, tables are whole', async () => {
  await inPage('plain', { viewport: { width: 718, height: 1000 } }, async (page) => {
    await page.emulateMedia({ media: 'print' });
    for (const table of await page.locator('table').all()) {
      const box = await table.boundingBox();
      expect(box!.x + box!.width).toBeLessThanOrEqual(718);
    }
    expect(await misplacedLabels(page)).toEqual([]);
  });
});
