import type { Report } from '../report.ts';
import { shownBytes } from '../units.ts';
import type { Page, PageElement } from './dom.ts';
import { shownName } from '../names.ts';
import { numberCell, table, type Row } from './table.ts';

const maxFiles = 200;

/** Returns the section with a table of the files, or of the first of them. */
export function fileSection(page: Page, { plan: { files }, journal: { skipped } }: Report): PageElement[] {
  if (files.length === 0) return [];
  const shown = Array.from({ length: Math.min(files.length, maxFiles) }, (_, index) => ({
    ...files.at(index),
    reason: skipped.get(index),
  }));
  let end = 0;
  const rows = shown.map(({ path, size, format, reason }): Row => {
    end += size;
    return {
      isWarning: reason !== undefined,
      cells: [
        { content: page.name(shownName(path)), isHead: true },
        numberCell(end - size, shownBytes),
        numberCell(size, shownBytes),
        { content: format ?? 'plain' },
        { content: reason === undefined ? '' : page.name(shownName(Buffer.from(reason))) },
      ],
    };
  });
  const heads = [
    { content: 'file' },
    { content: 'begins at', isNumber: true },
    { content: 'stored', isNumber: true },
    { content: 'format' },
    { content: 'skipped' },
  ];
  const more =
    files.length > maxFiles
      ? [page.make('p', { class: 'note' }, `The first ${maxFiles} of ${files.length} files.`)]
      : [];
  return [page.make('section', {}, page.make('h2', {}, 'Files'), table(page, 'files', heads, rows), ...more)];
}
