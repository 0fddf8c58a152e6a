import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Returns the command that runs on each rank: this Node with this program.
 * @param isShown Whether the command is printed and should be short.
 */
export function programOfRanks(isShown: boolean): string[] {
  const program = realpathSync(process.argv[1] ?? '');
  return [nodeName(), isShown ? shortPath(program) : program];
}

/** Returns `node` if PATH leads to this Node, because that is easier to read than its path. */
function nodeName(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      return realpathSync(join(folder, 'node')) === realpathSync(process.execPath) ? 'node' : process.execPath;
    } catch {
      // This folder has no node.
    }
  }
  return process.execPath;
}

/** Returns a path relative to the current directory if it is below that. */
export function shortPath(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
