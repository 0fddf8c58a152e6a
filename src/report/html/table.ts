import type { Page, PageElement } from './dom.ts';

/** A cell: text, or an element; with a number by which the script sorts. */
export interface Cell {
  readonly content: string | PageElement;
  readonly key?: number;
  readonly isHead?: boolean;
}

export interface Row {
  readonly cells: readonly Cell[];
  readonly isWarning?: boolean;
}

/**
 * Makes a table.
 * @param heads The heads of its columns; cells of a column with `isNumber` are aligned to the right.
 * @param className For a style of its own.
 */
export function table(
  page: Page,
  caption: string,
  heads: readonly { readonly content: string | PageElement; readonly isNumber?: boolean; readonly class?: string }[],
  rows: readonly Row[],
  className?: string,
): PageElement {
  const classOf = (column: number) => heads[column]?.class ?? (heads[column]?.isNumber === true ? 'number' : undefined);
  const headCells = heads.map(({ content }, column) =>
    page.make(
      'th',
      { scope: 'col', class: classOf(column), 'data-unsorted': typeof content === 'string' ? undefined : '' },
      content,
    ),
  );
  const bodyRows = rows.map(({ cells, isWarning }) =>
    page.make(
      'tr',
      { class: isWarning === true ? 'warning' : undefined },
      ...cells.map(({ content, key, isHead }, column) =>
        page.make(
          isHead === true ? 'th' : 'td',
          { class: classOf(column), 'data-key': key, scope: isHead === true ? 'row' : undefined },
          content,
        ),
      ),
    ),
  );
  const made = page.make(
    'table',
    { class: className, 'aria-label': caption },
    page.make('thead', {}, page.make('tr', {}, ...headCells)),
    page.make('tbody', {}, ...bodyRows),
  );
  // A table that is wider than the screen is scrolled, by the keyboard, too.
  return page.make('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': caption }, made);
}

/** Returns a cell with a number. @param shown The number as a person reads it. */
export function numberCell(number: number | bigint | undefined, shown: (number: number) => string = String): Cell {
  if (number === undefined) return { content: '–', key: -1 };
  return { content: typeof number === 'bigint' ? String(number) : shown(number), key: Number(number) };
}
