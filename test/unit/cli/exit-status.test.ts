import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { AddonError } from '../../../src/base/addon.ts';
import { exitStatusOf } from '../../../src/cli/exit-status.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { InputError } from '../../../src/corpus/input-error.ts';
import { FolderError, PipeError } from '../../../src/corpus/file-checks.ts';
import { GlobError } from '../../../src/corpus/globs.ts';
import { GridError } from '../../../src/corpus/grid.ts';
import { LogInUseError, ResumeError } from '../../../src/job/journal/errors.ts';
import { OutputError } from '../../../src/job/durable/output-error.ts';
import { StoppedEarly } from '../../../src/job/stop/stopped-early.ts';
import { ArgumentsTooLongError } from '../../../src/launch/errors.ts';
import { LaunchError, MpiError } from '../../../src/mpi/errors.ts';
import type { MpicountError } from '../../../src/base/mpicount-error.ts';
import { packageRoot } from '../../../src/base/package.ts';
import { EncodingError } from '../../../src/scan/encodings.ts';
import { PatternError } from '../../../src/scan/patterns.ts';

const known: readonly [MpicountError, number][] = [
  [new UsageError('x'), 2],
  [new ArgumentsTooLongError(), 2],
  [new PatternError(Buffer.from('love'), 'x'), 2],
  [new GridError('x'), 2],
  [new GlobError('include', Buffer.from('*'), 'x'), 2],
  [new LogInUseError('x'), 2],
  [new InputError(Buffer.from('book'), 'x'), 3],
  [new PipeError(Buffer.from('book')), 3],
  [new FolderError(Buffer.from('books')), 3],
  [new EncodingError('x'), 3],
  [new ResumeError('x'), 3],
  [new MpiError('MPI_Ibcast', 'MPI_ERR_ROOT', 'x'), 4],
  [new LaunchError('x'), 4],
  [new AddonError('x'), 4],
  [new OutputError('x', new Error('y')), 5],
  [new StoppedEarly('x'), 85],
];

/** The classes in src/ that extend a class. */
function classesThatExtend(base: string): string[] {
  const src = join(packageRoot, 'src');
  return readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(src, name), 'utf8').matchAll(/class (\w+) extends (\w+)/g)])
    .filter(([, , extended]) => extended === base)
    .map(([, name = '']) => name)
    .sort();
}

describe('the exit status', () => {
  test.each(known)('of %s is %d', (error, status) => {
    expect(exitStatusOf(error)).toBe(status);
  });

  test.each([new Error('x'), new TypeError('x'), { kind: 'usage' }, 'no error at all', undefined])(
    'of %s is that of a bug',
    (error) => {
      expect(exitStatusOf(error)).toBe(70);
    },
  );

  test('is tested for every error class', () => {
    expect(known.map(([error]) => error.name).sort()).toEqual(classesThatExtend('MpicountError'));
    for (const [error] of known) expect(classesThatExtend(error.name)).toEqual([]);
    // These do not end a process: the first has a cause that does, and the second becomes a ResumeError.
    expect(classesThatExtend('Error')).toEqual(['AgreedFailure', 'MpicountError', 'UnknownFormatError']);
  });
});
