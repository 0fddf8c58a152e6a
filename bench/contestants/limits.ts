import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';
import type { Mpi } from '../../test/support/job.ts';
import type { Input } from '../inputs/inputs.ts';
import type { Contestant } from './contestant.ts';
import { launch, nameOfMpi, ranksOf } from './launch.ts';

/** What no program that counts can be faster than. */
export class Limits {
  readonly #folder: string;

  /** @param folder For the programs, which are made anew. */
  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    this.#compile('cc', 'read', 'read');
    this.#compile('mpicc.openmpi', 'hello', 'hello-openmpi');
    this.#compile('mpicc.mpich', 'hello', 'hello-mpich');
  }

  /** Reading what is in the page cache, and nothing else. */
  read(how: 'pread' | 'mmap', processes: number, input: Input): Contestant {
    const command = [join(this.#folder, 'read'), how, String(processes), input.path];
    return { name: readName(how, processes), command, input };
  }

  /** An MPI program that does nothing. */
  hello(mpi: Mpi, ranks: number, input: Input): Contestant {
    const { command, environment } = launch(mpi, ranks);
    return {
      name: helloName(mpi, ranks),
      command: [...command, join(this.#folder, `hello-${mpi}`)],
      environment,
      input,
    };
  }

  #compile(compiler: string, source: string, name: string): void {
    const path = join(packageRoot, 'bench', 'peers', `${source}.c`);
    execFileSync(compiler, ['-O2', '-Wall', '-Wextra', '-Werror', '-o', join(this.#folder, name), path]);
  }
}

export function readName(how: 'pread' | 'mmap', processes: number): string {
  return `limit: ${how}, ${processes} process${processes === 1 ? '' : 'es'}`;
}

export function helloName(mpi: Mpi, ranks: number): string {
  return `limit: C hello, ${ranksOf(ranks)}, ${nameOfMpi[mpi]}`;
}

export const ddName = 'limit: dd bs=4M';

export function dd(input: Input): Contestant {
  return { name: ddName, command: ['dd', `if=${input.path}`, 'of=/dev/null', 'bs=4M'], input };
}
