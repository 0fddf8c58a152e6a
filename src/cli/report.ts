import { readReport, type Report } from '../report/report.ts';
import { bytesOf } from './arguments.ts';
import { logFolderOf } from './log-folder-argument.ts';
import { report as command } from './options/report.ts';
import { splitArguments } from './options/split-arguments.ts';
import { valueOf } from './options/values.ts';
import { checkReportFile, writeReportFile } from './report-file.ts';
import { writeOut } from './standard-output.ts';
import { isTerminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/**
 * Prints what the log folder of a count tells of it, or writes it to a file. Needs no MPI.
 * @throws UsageError, ResumeError when the folder has no readable plan, OutputError.
 */
export async function runReport(args: string[]): Promise<void> {
  const { given, rest } = splitArguments(args, command.options);
  const format = valueOf(command.options, given, 'format');
  const table = valueOf(command.options, given, 'table');
  const html = valueOf(command.options, given, 'html');
  const logDir = logFolderOf(command.name, rest);
  if (format !== 'csv' && given.some(({ name }) => name === 'table')) {
    throw new UsageError('--table chooses what --format csv prints; give both, or neither');
  }
  // Ranks load nothing of this.
  const render = await import('../report/render.ts');
  if (html === undefined) {
    for (const part of rendered(render, await readReport(logDir), format, table)) writeOut(part);
    return;
  }
  if (html === '') throw new UsageError('--html: the file name is empty');
  if (given.some(({ name }) => name === 'format')) {
    throw new UsageError('--html and --format are two forms of the report; give one of them');
  }
  const file = bytesOf(html);
  checkReportFile(file, render.pageMark);
  writeReportFile(file, render.htmlReport(await readReport(logDir), Date.now()));
}

type Render = typeof import('../report/render.ts');

function rendered(
  render: Render,
  report: Report,
  format: 'text' | 'json' | 'csv',
  table: 'ranks' | 'patterns',
): Iterable<Buffer> {
  switch (format) {
    case 'text':
      return [Buffer.from(render.textReport(report, hasColours()))];
    case 'json':
      return [Buffer.from(render.reportJson(report))];
    case 'csv':
      return render.reportCsv(report, table);
  }
}

/** Tells whether to use colours: on a terminal, unless the user wants none (https://no-color.org). */
function hasColours(): boolean {
  const { NO_COLOR = '', TERM = 'dumb' } = process.env;
  return isTerminal(1) && NO_COLOR === '' && TERM !== 'dumb';
}
