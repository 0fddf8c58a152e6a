import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../base/package.ts';
import { parseChoice } from '../options/choice.ts';
import { completion } from '../options/completion.ts';
import { splitArguments } from '../options/split-arguments.ts';
import { UsageError } from '../usage-error.ts';
import { scripts, shells } from './shells.ts';

/** Returns the completion script for the shell that the arguments of `mpicount completion` name. @throws UsageError */
export function completionScript(args: string[]): string {
  const { rest } = splitArguments(args, completion.options);
  const [shell, ...more] = rest;
  if (shell === undefined || more.length > 0) {
    throw new UsageError(`completion needs the name of one shell: ${shells.join(', ')}; see: mpicount --help`);
  }
  return readFileSync(join(packageRoot, 'completions', scripts[parseChoice('completion', shell, shells)]), 'utf8');
}
