import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundle } from './bundle.ts';
import { launcherOf, run, temporaryFolder, type Mpi, type Outcome } from './job.ts';

/** The outcome of a job of a program, and the answers of its ranks. */
export interface Answers<T> {
  readonly outcome: Outcome;
  /** The answers in the order of the ranks; a rank that did not come to its end has none. */
  readonly answers: T[];
}

/** The programs of test/jobs/programs, each of which runs as the ranks of a job and leaves its answer in a file. */
export class RankPrograms<Name extends string> {
  readonly #temporary = temporaryFolder();
  readonly #programs: ReadonlyMap<Name, ReturnType<typeof bundle>>;
  #jobs = 0;

  constructor(names: readonly Name[]) {
    this.#programs = new Map(names.map((name) => [name, bundle(`import './test/jobs/programs/${name}.ts';`)]));
  }

  async run<T>(mpi: Mpi, ranks: number, name: Name, ...args: string[]): Promise<Answers<T>> {
    this.#jobs += 1;
    const shared = join(this.#temporary.folder, `job-${this.#jobs}`);
    mkdirSync(shared);
    const node = [process.execPath, '--expose-gc', this.#programs.get(name)!.path];
    const command = [launcherOf(mpi), '-np', String(ranks), ...node, shared, ...args];
    const outcome = await run(command, { timeoutSeconds: 30 });
    const files = readdirSync(shared).filter((file) => file.startsWith('rank-'));
    const answers = files.sort().map((file) => JSON.parse(readFileSync(join(shared, file), 'utf8')) as T);
    return { outcome, answers };
  }

  remove(): void {
    this.#programs.forEach((program) => {
      program.remove();
    });
    this.#temporary.remove();
  }
}
