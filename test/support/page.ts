import { parseHTML } from 'linkedom';

import { htmlReport } from '../../src/report/html/page.ts';
import { beginning } from './rank-events.ts';
import { reportOf, type Story } from './report-stories.ts';

// The page of a report as a browser reads it. The types that the library has for that are those of browsers.

/** An element, with what the tests ask it. */
export interface PageNode {
  readonly textContent: string;
  readonly localName: string;
  closest(selector: string): PageNode | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageNode | null;
  querySelectorAll(selector: string): PageNode[];
}

/** The text of a page, and what a browser makes of it. */
export interface MadePage {
  readonly text: string;
  readonly document: PageNode;
  readonly all: (selector: string) => PageNode[];
}

/** Makes the page of a report. */
export function pageOf(story: Story): MadePage {
  const text = htmlReport(reportOf(story), beginning);
  const { document } = parseHTML(text) as unknown as { document: PageNode };
  return { text, document, all: (selector) => [...document.querySelectorAll(selector)] };
}
