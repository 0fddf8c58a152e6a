import { isatty } from 'node:tty';

import { readReport, type Report } from '../report/report.ts';
import { logFolderOf } from './log-folder-argument.ts';
import { report as command } from './options/report.ts';
import { splitArguments } from './options/split-arguments.ts';
import { valueOf } from './options/values.ts';
import { writeOut } from './standard-output.ts';

/**
 * Prints what the log folder of a count tells of it. Needs no MPI.
 * @throws UsageError, ResumeError when the folder has no readable plan.
 */
export async function runReport(args: string[]): Promise<void> {
  const { given, rest } = splitArguments(args, command.options);
  const format = valueOf(command.options, given, 'format');
  const logDir = logFolderOf(command.name, rest);
  writeOut(Buffer.from(await rendered(await readReport(logDir), format)));
}

async function rendered(report: Report, format: 'text' | 'json' | 'csv'): Promise<string> {
  // Ranks load nothing of this.
  const { reportCsv, reportJson, textReport } = await import('../report/render.ts');
  switch (format) {
    case 'text':
      return textReport(report, hasColours());
    case 'json':
      return reportJson(report);
    case 'csv':
      return reportCsv(report);
  }
}

/** Tells whether to use colours: on a terminal, unless the user wants none (https://no-color.org). */
function hasColours(): boolean {
  const { NO_COLOR = '', TERM } = process.env;
  return isatty(1) && NO_COLOR === '' && TERM !== 'dumb';
}
