import { isatty } from 'node:tty';

import { htmlReport, pageMark, reportCsv, reportJson, textReport } from '../report/render.ts';
import { readReport, type Report } from '../report/report.ts';
import { bytesOf } from './arguments.ts';
import { logFolderOf } from './log-folder-argument.ts';
import { report as command } from './options/report.ts';
import { splitArguments } from './options/split-arguments.ts';
import { valueOf } from './options/values.ts';
import { checkReportFile, writeReportFile } from './report-file.ts';
import { writeOut } from './standard-output.ts';
import { UsageError } from './usage-error.ts';

/**
 * Prints what the log folder of a count tells of it, or writes it to a file. Needs no MPI.
 * @throws UsageError, ResumeError when the folder has no readable plan, OutputError.
 */
export async function runReport(args: string[]): Promise<void> {
  const { given, rest } = splitArguments(args, command.options);
  const format = valueOf(command.options, given, 'format');
  const html = valueOf(command.options, given, 'html');
  const logDir = logFolderOf(command.name, rest);
  if (html === undefined) {
    writeOut(Buffer.from(rendered(await readReport(logDir), format)));
    return;
  }
  if (html === '') throw new UsageError('--html: the file name is empty');
  if (given.some(({ name }) => name === 'format')) {
    throw new UsageError('--html and --format are two forms of the report; give one of them');
  }
  const file = bytesOf(html);
  checkReportFile(file, pageMark);
  writeReportFile(file, htmlReport(await readReport(logDir), Date.now()));
}

function rendered(report: Report, format: 'text' | 'json' | 'csv'): string {
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
