import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundle } from '../../test/support/bundle.ts';
import { run, type Mpi } from '../../test/support/job.ts';
import { launch } from '../contestants/launch.ts';
import type { Part } from './rank.ts';

/** rank.ts, to be run by as many ranks as wanted. */
export class RankProgram {
  readonly #program = bundle("import './bench/scaling/rank.ts';");
  readonly #folder: string;
  #jobs = 0;

  /** @param folder For what the ranks answer. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What each rank answers, by rank. */
  async run<T>(mpi: Mpi, ranks: number, part: Part, args: readonly string[], threads = 1): Promise<T[]> {
    const folder = join(this.#folder, `job-${(this.#jobs += 1)}`);
    mkdirSync(folder);
    const { command, environment } = launch(mpi, ranks);
    const node = [process.execPath, '--expose-gc', this.#program.path];
    const outcome = await run([...command, ...node, folder, part, ...args], {
      timeoutSeconds: 300,
      // As src/cli/threads.ts does, but before anything has started.
      environment: { ...environment, UV_THREADPOOL_SIZE: String(Math.max(4, threads + 3)) },
    });
    if (outcome.status !== 0) throw new Error(`${part}, ${ranks} ranks: status ${outcome.status}: ${outcome.stderr}`);
    return Array.from({ length: ranks }, (_, rank) => {
      return JSON.parse(readFileSync(join(folder, `rank-${rank}.json`), 'utf8')) as T;
    });
  }

  remove(): void {
    this.#program.remove();
  }
}
