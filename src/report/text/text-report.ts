import type { Report } from '../report.ts';
import { factsOf, stateOf } from '../state.ts';
import { fit, maxColumns } from './columns.ts';
import { styled, textOfLines, type Line } from './line.ts';
import { patternTable } from './pattern-table.ts';
import { legend, rankTable } from './rank-table.ts';

/** Returns a report for a terminal of 80 columns. */
export function textReport(report: Report, inColour: boolean): string {
  const facts = factsOf(report);
  const nameWidth = Math.max(...facts.map(([name]) => name.length));
  const head: Line = { text: stateOf(report), style: report.journal.missing.length > 0 ? 'warning' : 'heading' };
  const sections = [
    [
      head,
      ...styled(
        undefined,
        facts.map(([name, fact]) => fit(`${name.padEnd(nameWidth)} ${fact}`, maxColumns)),
      ),
    ],
    [...rankTable(report), ...legend(report)],
    patternTable(report),
  ].filter((lines) => lines.length > 0);
  return sections.map((lines) => textOfLines(lines, inColour)).join('\n');
}
