import { printable } from '../base/bytes.ts';
import { placeOf, type InvalidInput } from '../job/skip/invalid-lines.ts';
import type { SkippedInput } from '../job/skip/skipped-input.ts';
import { printError } from './fail.ts';

// More lines would fill a terminal.
const maxPrinted = 10;

/** Tells on standard error which files were skipped: a line for each of the first, and their number. @param counted The number of all others. */
export function printSkipped({ files, first }: SkippedInput, counted: number, logDir: Buffer | undefined): void {
  for (const { path, reason } of first.slice(0, maxPrinted)) printError(`skipped: ${printable(path)}: ${reason}`);
  const some = files > maxPrinted ? ` (the first ${maxPrinted} are above)` : '';
  const all = files > maxPrinted && logDir ? `; ${printable(logDir)} has all names` : '';
  const verb = files === 1 ? 'was' : 'were';
  printError(`${files} of ${counted + files} files ${verb} skipped${some} and not counted, so the status is 6${all}`);
}

/** Tells on standard error which lines are left out since they are not valid: a line for each of the first, and their number. */
export function printInvalid({ lines, first }: InvalidInput): void {
  for (const line of first.slice(0, maxPrinted)) printError(`left out: ${placeOf(line)}`);
  const some = lines > first.length ? ` (the first ${first.length} are above)` : '';
  printError(`${lines} ${lines === 1 ? 'line is' : 'lines are'} not valid${some} and not counted, so the status is 6`);
}
