import { writeFileSync } from 'node:fs';

import { program, type Mpi } from '../../test/support/job.ts';
import type { Input } from '../inputs/inputs.ts';
import { grepOptions, type Contestant, type Question } from './contestant.ts';
import { launch, nameOfMpi, ranksOf } from './launch.ts';

interface Options {
  readonly ranks?: number;
  readonly mpi?: Mpi;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly before?: () => void;
  /** Whether many files are given as their folder instead of as a list. */
  readonly asFolder?: boolean;
  /** What the options do, in the contestant's name. */
  readonly how?: string;
}

export function mpicount(question: Question, input: Input, options: Options = {}): Contestant {
  const { ranks = 2, mpi = 'openmpi', args = [], environment = {}, before, asFolder = false } = options;
  const launched = launch(mpi, ranks);
  const many = asFolder ? [input.path] : ['--files-from', listOf(input)];
  const files = input.files.length > 1 ? many : input.files;
  const count = [process.execPath, program, 'count', ...args, ...grepOptions(question), ...files];
  return {
    name: mpicountName(options),
    command: [...launched.command, ...count],
    environment: { ...launched.environment, ...environment },
    input,
    question,
    ...(before && { before }),
  };
}

/** A file with the names of all files: Open MPI's mpirun takes no more than 128 KiB of arguments. */
function listOf({ path, files }: Input): string {
  const list = `${path}.list`;
  writeFileSync(list, files.map((file) => `${file}\n`).join(''));
  return list;
}

/** The name of such a contestant, for those who look for its times. */
export function mpicountName({ ranks = 2, mpi, how }: Pick<Options, 'ranks' | 'mpi' | 'how'> = {}): string {
  return ['mpicount', ranksOf(ranks), mpi === undefined ? undefined : nameOfMpi[mpi], how]
    .filter((part) => part !== undefined)
    .join(', ');
}
