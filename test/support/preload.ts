import { execFileSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';

/** What a call does, in the ranks that it is meant for. */
export interface Trouble {
  /** Part of the path of the files that this is about. */
  readonly file: string;
  /** All ranks when undefined. */
  readonly rank?: number;
  readonly call: 'pread' | 'write' | 'fdatasync' | 'link' | 'fsync-folder' | 'link,fsync-folder';
  /** Milliseconds that each call takes longer. */
  readonly slow?: number;
  /** What it fails with; `'end'` is the end of the file. */
  readonly failure?: 'EIO' | 'ENOSPC' | 'ESTALE' | 'EDQUOT' | 'EPERM' | 'EINVAL' | 'ENOTSUP' | 'end';
  /** For pread the first offset that cannot be read, else how many calls work before; 0 when undefined. */
  readonly from?: number;
}

/**
 * Builds the library in a folder; preload.c tells how it works.
 * @returns What makes the environment of a job in which there is trouble.
 */
export function buildPreload(folder: string): (trouble: Trouble) => Record<string, string> {
  const library = join(folder, 'preload.so');
  const source = join(packageRoot, 'test', 'support', 'preload.c');
  execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', library, source]);
  return ({ file, rank, call, slow, failure, from }) => {
    const number = failure === undefined || failure === 'end' ? 0 : constants.errno[failure];
    return {
      LD_PRELOAD: library,
      MPICOUNT_TEST_FILE: file,
      MPICOUNT_TEST_CALL: call,
      ...(rank === undefined ? {} : { MPICOUNT_TEST_RANK: String(rank) }),
      ...(slow === undefined ? {} : { MPICOUNT_TEST_SLOW: String(slow) }),
      ...(failure === undefined ? {} : { MPICOUNT_TEST_ERRNO: String(number) }),
      ...(from === undefined ? {} : { MPICOUNT_TEST_FROM: String(from) }),
    };
  };
}
