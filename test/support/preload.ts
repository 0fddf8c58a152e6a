import { execFileSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';

/** A fault to inject into system calls. */
export interface Trouble {
  /** A part of the path of the affected files. */
  readonly file: string;
  /** The affected rank; all ranks when undefined. */
  readonly rank?: number;
  readonly call:
    'iconv_open' | 'pread' | 'read' | 'write' | 'fdatasync' | 'link' | 'fsync-folder' | 'link,fsync-folder';
  /** The delay of each call in milliseconds. */
  readonly slow?: number;
  /** The error; `'end'` simulates the end of the file. */
  readonly failure?: 'EIO' | 'ENOSPC' | 'ESTALE' | 'EDQUOT' | 'EPERM' | 'EINVAL' | 'EINTR' | 'ENOTSUP' | 'end';
  /** For pread the first offset that fails, else the number of calls that succeed before; 0 when undefined. */
  readonly from?: number;
  /** The number of calls of pread and read that fail; all when undefined. */
  readonly times?: number;
}

/**
 * Builds preload.c in a folder.
 * @returns A function that returns the environment of a job with a fault.
 */
export function buildPreload(folder: string): (trouble: Trouble) => Record<string, string> {
  const library = join(folder, 'preload.so');
  const source = join(packageRoot, 'test', 'support', 'preload.c');
  execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-o', library, source]);
  return ({ file, rank, call, slow, failure, from, times }) => {
    const number = failure === undefined || failure === 'end' ? 0 : constants.errno[failure];
    return {
      LD_PRELOAD: library,
      MPICOUNT_TEST_FILE: file,
      MPICOUNT_TEST_CALL: call,
      ...(rank === undefined ? {} : { MPICOUNT_TEST_RANK: String(rank) }),
      ...(slow === undefined ? {} : { MPICOUNT_TEST_SLOW: String(slow) }),
      ...(failure === undefined ? {} : { MPICOUNT_TEST_ERRNO: String(number) }),
      ...(from === undefined ? {} : { MPICOUNT_TEST_FROM: String(from) }),
      ...(times === undefined ? {} : { MPICOUNT_TEST_TIMES: String(times) }),
    };
  };
}
