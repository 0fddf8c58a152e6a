import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A made-up machine: a folder with programs and headers of its own, and an environment in which nothing else is found. */
export class Site {
  readonly root: string = mkdtempSync(join(tmpdir(), 'mpicount-site-'));
  readonly bin: string = join(this.root, 'bin');
  /** The real compiler reads the made-up headers. */
  readonly env: Record<string, string | undefined> = { PATH: this.bin, CXX: '/usr/bin/c++' };

  constructor() {
    mkdirSync(this.bin);
    onTestFinished(() => rmSync(this.root, { recursive: true }));
  }

  file(path: string, text: string): string {
    const full = join(this.root, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
    return full;
  }

  /** @param script shell, with no more than the shell's own commands */
  program(path: string, script: string): string {
    const full = this.file(path, `#!/bin/sh\n${script}\n`);
    chmodSync(full, 0o755);
    return full;
  }

  /** An MPI's header in `folder`, and the words that a wrapper gives for it. */
  mpi(folder: string, macros: string): string {
    this.file(join(folder, 'include', 'mpi.h'), `#define MPI_VERSION 3\n#define MPI_SUBVERSION 1\n${macros}\n`);
    return `-I${this.root}/${folder}/include -L${this.root}/${folder}/lib -lmpi`;
  }

  /** A compiler wrapper that answers to -show only. */
  wrapper(name: string, words: string): string {
    return this.program(`bin/${name}`, `[ "$1" = -show ] || exit 9\necho "gcc ${words}"`);
  }
}

export const OPENMPI =
  '#define OMPI_MAJOR_VERSION 5\n#define OMPI_MINOR_VERSION 0\n#define OMPI_RELEASE_VERSION 7\n#define OPEN_MPI 1';
export const MPICH = '#define MPICH_VERSION "4.2.1"';
