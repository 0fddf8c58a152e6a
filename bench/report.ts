import { median, type Timing } from './measure.ts';
import type { RowResult } from './measured.ts';
import type { GoalResult } from './goals.ts';

export interface Results {
  readonly machine: Readonly<Record<string, string>>;
  readonly rows: readonly RowResult[];
  readonly goals: readonly GoalResult[];
}

/** All that was measured, in Markdown that can be read as it is, too. */
export function report({ machine, rows, goals }: Results): string {
  return [
    '# Measured side by side\n',
    'Made by `npm run bench`. Times are of whole processes, with the input in the page cache, unless said; contestants took',
    'turns, and those of a row counted the same. "Times as long" is the time for the same number of bytes, where the first',
    'contestant is 1: slow ones have a smaller input, cut from the same text, and who takes long is run less often. Rows may be',
    'measured on different days; the machine is that of the latest.\n',
    '## Machine\n',
    table(['what', 'which'], Object.entries(machine)),
    '## Goals\n',
    table(['goal', 'wanted', 'measured', 'met', 'reason'], goals.map(goalCells)),
    '## Rows\n',
    ...rows.map(rowReport),
  ].join('\n');
}

function rowReport({ name, what, measured, timings, error }: RowResult): string {
  const heading = `### ${name}: ${what}\n\nMeasured ${measured}.\n`;
  if (error !== undefined) return `${heading}\nFAILED: ${error}\n`;
  const columns = ['contestant', 'input', 'runs', 'median s', 'min to max', 'GB/s', 'times as long'];
  const cells = timings.map((timing) => timingCells(timing, timings[0] ?? timing));
  return `${heading}\n${table(columns, cells)}`;
}

function timingCells(timing: Timing, first: Timing): string[] {
  const { name, input, seconds } = timing;
  const perByte = (one: Timing) => median(one.seconds) / one.bytes;
  return [
    name,
    input,
    String(seconds.length),
    median(seconds).toFixed(3),
    `${Math.min(...seconds).toFixed(3)} to ${Math.max(...seconds).toFixed(3)}`,
    (1 / perByte(timing) / 1e9).toPrecision(3),
    (perByte(timing) / perByte(first)).toFixed(2),
  ];
}

function goalCells({ goal, wanted, measured, met, reason }: GoalResult): string[] {
  return [goal, wanted, measured?.toFixed(2) ?? '', met, reason];
}

export function table(columns: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = columns.map((column, index) =>
    Math.max(...[column, ...lines.map((line) => line[index] ?? '')].map(width)),
  );
  const shown = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => padded(cell, widths[index] ?? 0)).join(' | ')} |`;
  return `${[shown(columns), shown(widths.map((length) => '-'.repeat(length))), ...lines.map(shown)].join('\n')}\n`;
}

function width(text: string): number {
  return Array.from(text).length;
}

function padded(text: string, to: number): string {
  return text + ' '.repeat(to - width(text));
}
