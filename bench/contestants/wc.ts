import { program } from '../../test/support/job.ts';
import type { Input } from '../inputs/inputs.ts';
import type { Contestant } from './contestant.ts';
import { launch, ranksOf } from './launch.ts';

// Both print the number of lines first, which is their answer.
const question = { patterns: ['\n'] };

/** Lines, words, characters and bytes. */
export function mpicountWc(input: Input, ranks = 2): Contestant {
  const launched = launch('openmpi', ranks);
  return {
    name: mpicountWcName(ranks),
    command: [...launched.command, process.execPath, program, 'wc', ...input.files],
    environment: launched.environment,
    input,
    question,
  };
}

export function mpicountWcName(ranks = 2): string {
  return `mpicount wc, ${ranksOf(ranks)}`;
}

export function coreutilsWc(input: Input): Contestant {
  const command = ['wc', '-lwmc', ...input.files];
  return { name: coreutilsWcName, command, environment: { LC_ALL: 'C.UTF-8' }, input, question };
}

export const coreutilsWcName = 'coreutils wc';
