import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

// Debian's chromium, driven by playwright-core, which brings none of its own.

/** Starts the browser. @throws where it is missing: scripts/setup.sh --browser installs it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    // Its sandbox does not work for root, nor in many containers.
    args: ['--no-sandbox'],
  });
}

/** A page that is open, and what must not happen in it. */
export interface OpenPage {
  readonly page: Page;
  /** Messages on the console, errors, dialogs, and requests for anything but the page itself. */
  readonly faults: readonly string[];
}

/** Opens a file. */
export async function openFile(browser: Browser, path: string, options: BrowserContextOptions = {}): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  const url = pathToFileURL(path).href;
  page.on('console', (message) => faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:image/png;base64,')) {
      faults.push(`request: ${request.url()}`);
    }
  });
  await page.goto(url);
  return { page, faults };
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFinding {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** Returns what axe-core finds to be inaccessible. @param rules Those to check; all if undefined. */
export async function inaccessible(page: Page, rules?: readonly string[]): Promise<string[]> {
  // The policy of the page allows no script but its own; what the debugger evaluates is not subject to it.
  await page.evaluate(axe);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const violations = await page.evaluate<AxeFinding[]>(
    `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

/**
 * Returns the texts in the visible pictures that are outside of them or overlap. The boxes of texts have room above and below letters.
 */
export function misplacedLabels(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const found = [];
    for (const svg of document.querySelectorAll('svg')) {
      const outer = svg.getBoundingClientRect();
      if (outer.width === 0) continue;
      const texts = [...svg.querySelectorAll('text')].map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
      for (const [index, { text, box }] of texts.entries()) {
        if (box.left < outer.left - 1 || box.right > outer.right + 1 || box.bottom > outer.bottom + 3) found.push('outside: ' + text);
        for (const other of texts.slice(index + 1)) {
          const width = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const height = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          if (width > 1 && height > 0.35 * box.height) found.push(text + ' overlaps ' + other.text);
        }
      }
    }
    return found;
  })()`);
}
