import { writeSync } from 'node:fs';

import type { Launcher } from '../mpi/launcher.ts';
import type { Screen } from '../report/progress-printer.ts';
import { printError } from './fail.ts';
import { openLauncherTerminal } from './launcher-terminal.ts';
import { pause } from './pause.ts';
import { isTerminal } from './terminal.ts';

const usualColumns = 80;
// Launchers pass on standard output and standard error separately, whichever they come to first.
const deliveryMilliseconds = 100;

/** Returns standard error as the place where progress is shown. @param launcher The one that started this process as a rank. */
export function progressScreen(launcher: Launcher | undefined): Screen {
  const screen = {
    draw: (text: string) => {
      try {
        writeSync(2, text);
      } catch {
        // The terminal is closed or full; the job goes on.
      }
    },
    print: printError,
    settle: () => undefined,
  };
  const plain = { ...screen, isTerminal: false, columns: () => usualColumns };
  if (process.env['TERM'] === 'dumb') return plain;
  // process.stderr would make it non-blocking where it is a pipe.
  if (isTerminal(2)) return { ...screen, isTerminal: true, columns: () => process.stderr.columns || usualColumns };
  const columns = launcher && openLauncherTerminal();
  if (!columns) return plain;
  return {
    ...screen,
    isTerminal: true,
    columns: () => columns() || usualColumns,
    settle: () => {
      pause(deliveryMilliseconds);
    },
  };
}
