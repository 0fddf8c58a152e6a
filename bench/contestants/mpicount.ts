import { relative } from 'node:path';

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
  /** What the options do, in the contestant's name. */
  readonly how?: string;
}

export function mpicount(question: Question, input: Input, options: Options = {}): Contestant {
  const { ranks = 2, mpi = 'openmpi', args = [], environment = {}, before } = options;
  const launched = launch(mpi, ranks);
  // Open MPI's mpirun takes no more than 128 KiB of arguments: many files can only be given by short names.
  const many = input.files.length > 1;
  const files = many ? input.files.map((file) => relative(input.path, file)) : input.files;
  const count = [process.execPath, program, 'count', ...args, ...grepOptions(question), ...files];
  return {
    name: mpicountName(options),
    command: [...launched.command, ...count],
    environment: { ...launched.environment, ...environment },
    ...(many && { cwd: input.path }),
    input,
    question,
    ...(before && { before }),
  };
}

/** The name of such a contestant, for those who look for its times. */
export function mpicountName({ ranks = 2, mpi, how }: Pick<Options, 'ranks' | 'mpi' | 'how'> = {}): string {
  return ['mpicount', ranksOf(ranks), mpi === undefined ? undefined : nameOfMpi[mpi], how]
    .filter((part) => part !== undefined)
    .join(', ');
}
