import { writeSync } from 'node:fs';

import type { Screen } from '../report/progress-printer.ts';
import { printError } from './fail.ts';
import { isTerminal } from './terminal.ts';

const usualColumns = 80;

/** Returns standard error as the place where progress is shown. */
export function progressScreen(): Screen {
  const isDrawable = isTerminal(2) && process.env['TERM'] !== 'dumb';
  return {
    isTerminal: isDrawable,
    // process.stderr would make it non-blocking where it is a pipe.
    columns: () => (isDrawable ? process.stderr.columns || usualColumns : usualColumns),
    draw: (text) => {
      try {
        writeSync(2, text);
      } catch {
        // The terminal is closed or full; the job goes on.
      }
    },
    print: printError,
  };
}
