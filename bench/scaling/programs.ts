import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { program, type Mpi } from '../../test/support/job.ts';
import { launch } from '../contestants/launch.ts';
import type { Limits } from '../contestants/limits.ts';
import type { Input } from '../inputs/inputs.ts';

/** What is started by mpirun, to see what each part of a start costs. */
export const programNames = ['C hello', 'node -e 0', 'mpicount', 'mpicount --log-dir'] as const;
export type ProgramName = (typeof programNames)[number];

/** The command of a rank, without the launcher. */
export class Programs {
  readonly tiny: Input;
  readonly #limits: Limits;
  readonly #scratch: string;
  #logs = 0;

  constructor(limits: Limits, scratch: string) {
    this.#limits = limits;
    this.#scratch = scratch;
    const folder = join(scratch, 'input');
    mkdirSync(folder);
    const path = join(folder, 'tiny.txt');
    const text = Buffer.from('all you need is love\n'.repeat(3000));
    writeFileSync(path, text);
    this.tiny = { name: 'tiny', path, files: [path], bytes: text.length, copies: 1 };
  }

  command(name: ProgramName, mpi: Mpi, ranks: number): string[] {
    const count = [process.execPath, program, 'count', '-i', '-e', 'love'];
    switch (name) {
      case 'C hello':
        return this.#limits.hello(mpi, ranks, this.tiny).command.slice(launch(mpi, ranks).command.length);
      case 'node -e 0':
        return [process.execPath, '-e', '0'];
      case 'mpicount':
        return [...count, this.tiny.path];
      case 'mpicount --log-dir':
        return [...count, '--log-dir', this.newLogDir(), this.tiny.path];
    }
  }

  newLogDir(): string {
    return join(this.#scratch, `logs-${(this.#logs += 1)}`);
  }
}
