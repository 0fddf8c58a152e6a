import { readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

import { packageRoot } from '../src/base/package.ts';
import { run } from '../test/support/job.ts';
import { mpicount } from './contestants/mpicount.ts';
import type { Means } from './row.ts';

/** How many files of the project a rank opens, besides its input. */
export async function filesOpened({ inputs, scratch }: Means): Promise<number> {
  const trace = join(scratch, 'trace');
  const { command, environment = {}, input } = mpicount({ patterns: ['love'] }, inputs.book(), { ranks: 1 });
  const strace = ['strace', '-f', '-qq', '-s', '4096', '-e', 'trace=open,openat', '-o', trace];
  const outcome = await run([...strace, ...command], { timeoutSeconds: 120, environment });
  if (outcome.status !== 0) throw new Error(`strace: status ${outcome.status}: ${outcome.stderr}`);
  const opened = readFileSync(trace, 'utf8').matchAll(/open(?:at)?\((?:[^ ]+, )?"([^"]+)".* = \d+$/gm);
  const paths = new Set([...opened].map(([, path = '']) => path));
  if (!paths.delete(input.path)) throw new Error('strace does not show that the input was opened');
  return [...paths].filter((path) => path.startsWith(packageRoot + sep)).length;
}
