import stringWidth from 'string-width';

// Tables of text for terminals, of at most 80 columns. The last column has names, of any length and in any script, so that nothing has to
// be aligned behind them.

export const maxColumns = 80;

/** A column of a table: its head, and whether its cells are aligned to the right. */
export interface Column {
  readonly head: string;
  readonly isNumber: boolean;
}

/** Returns the lines of a table; the first one has the heads. @param rows The cells of each row, in printable characters. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ head }) => head), ...rows];
  const widths = columns.map((_, index) => Math.max(...cells.map((row) => stringWidth(row[index] ?? ''))));
  return cells.map((row) => {
    const before = columns.slice(0, -1).map(({ isNumber }, index) => {
      const cell = row[index] ?? '';
      const padding = ' '.repeat((widths[index] ?? 0) - stringWidth(cell));
      return isNumber ? padding + cell : cell + padding;
    });
    const start = before.map((cell) => `${cell} `).join('');
    return (start + fit(row.at(-1) ?? '', maxColumns - stringWidth(start))).trimEnd();
  });
}

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ellipsis = '…';
// A base character may have any number of marks.
const maxCodeUnits = 8;

/** Cuts a text to a number of columns of a terminal, with an ellipsis at its end if something is cut off. */
export function fit(text: string, columns: number): string {
  const start = text.slice(0, maxCodeUnits * columns);
  if (start.length === text.length && stringWidth(text) <= columns) return text;
  let kept = '';
  let used = 0;
  for (const { segment } of characters.segment(start)) {
    used += stringWidth(segment);
    if (used > columns - 1) break;
    kept += segment;
  }
  return kept + ellipsis;
}
