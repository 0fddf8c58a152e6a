import { realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * What runs on each rank: this program, by this Node.
 * @param isShown Whether a person is to read it.
 */
export function programOfRanks(isShown: boolean): string[] {
  const program = realpathSync(process.argv[1] ?? '');
  return [nodeName(), isShown ? shortPath(program) : program];
}

/** `node` where that is this Node, which is nicer to read than its path. */
function nodeName(): string {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    try {
      return realpathSync(join(folder, 'node')) === realpathSync(process.execPath) ? 'node' : process.execPath;
    } catch {
      // It is in another folder.
    }
  }
  return process.execPath;
}

/** A path as a person would write it here. */
export function shortPath(path: string): string {
  const here = `${process.cwd()}/`;
  return path.startsWith(here) ? path.slice(here.length) : path;
}
