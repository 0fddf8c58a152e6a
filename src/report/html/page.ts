import { createHash } from 'node:crypto';

import { hostsOf } from '../hosts.ts';
import type { Report } from '../report.ts';
import { factsOf, slowFacts, stateOf } from '../state.ts';
import { shownTime } from '../units.ts';
import { Page, type PageElement } from './dom.ts';
import { dispersionSection } from './dispersion-section.ts';
import { fileSection } from './file-section.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { hostTable, rankTable, ratesSection, timeSections } from './time-sections.ts';

// Beyond this, the page has a table of hosts.
const maxRanks = 1000;

/** What a page begins with. A file that begins so is one that a new page may replace. */
export const pageMark = '<!doctype html>\n<!-- mpicount report -->\n';

/**
 * Returns a report as one page of HTML, which needs no other file, no network and no script.
 * @param made When the report is made, in milliseconds since 1970.
 */
export function htmlReport(report: Report, made: number): string {
  const page = new Page();
  const { document } = page;
  document.documentElement.setAttribute('lang', 'en');
  document.head.append(...head(page));
  const ranks = report.runs.reduce((sum, run) => sum + run.ranks.length, 0);
  document.body.append(
    page.make(
      'main',
      {},
      ...overview(page, report, made),
      ...slowSection(page, report),
      ...dispersionSection(page, report),
      ...timeSections(page, report),
      ...ratesSection(page, report),
      ...(ranks === 0
        ? []
        : [ranks <= maxRanks ? rankTable(page, report) : hostTable(page, hostsOf(report.runs), ranks)]),
      ...fileSection(page, report),
    ),
    page.make('script', {}, script),
  );
  return `${pageMark}${document.documentElement.outerHTML}\n`;
}

function head(page: Page): PageElement[] {
  const hash = createHash('sha256').update(script).digest('base64');
  // Should markup get into the page in spite of all, it can load and run nothing.
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`;
  return [
    page.make('meta', { charset: 'utf-8' }),
    page.make('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    page.make('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    page.make('title', {}, 'mpicount report'),
    page.make('style', {}, style),
  ];
}

function overview(page: Page, report: Report, made: number): PageElement[] {
  const isComplete = report.journal.missing.length === 0;
  return [
    page.make('h1', {}, 'mpicount report'),
    page.make('p', { class: isComplete ? 'state' : 'state warning' }, stateOf(report)),
    page.make(
      'dl',
      {},
      ...[...factsOf(report), ['report', `made ${shownTime(made)}`] as const].flatMap(([name, fact]) => [
        ...(name === '' ? [] : [page.make('dt', {}, name)]),
        page.make('dd', {}, page.name(fact)),
      ]),
    ),
  ];
}

function slowSection(page: Page, report: Report): PageElement[] {
  const facts = slowFacts(report);
  if (report.runs.length === 0) return [];
  const found = facts.map((fact) => page.make('li', { class: 'warning' }, page.name(fact)));
  return [
    page.make(
      'section',
      {},
      page.make('h2', {}, 'Slow ranks'),
      found.length > 0 ? page.make('ul', {}, ...found) : page.make('p', {}, 'No rank was slower than the others.'),
    ),
  ];
}
