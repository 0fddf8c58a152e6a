import { expect, test } from 'vitest';

import { AddonError } from '../../src/addon.ts';
import { exitStatusOf } from '../../src/cli/exit-status.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { InputError } from '../../src/corpus/errors.ts';
import { OutputError } from '../../src/job/output.ts';
import { ArgumentsTooLongError } from '../../src/launch/errors.ts';
import { LaunchError, MpiError } from '../../src/mpi/errors.ts';
import { PatternError } from '../../src/scan/scanner.ts';

test.each([
  [new UsageError('x'), 2],
  [new ArgumentsTooLongError(), 2],
  [new PatternError(Buffer.from('love'), 'x'), 2],
  [new InputError(Buffer.from('book'), 'x'), 3],
  [new MpiError('MPI_Ibcast', 'MPI_ERR_ROOT', 'x'), 4],
  [new LaunchError('x'), 4],
  [new AddonError('x'), 4],
  [new OutputError('x', new Error('y')), 5],
  [new Error('x'), 70],
  [new TypeError('x'), 70],
  ['no error at all', 70],
  [undefined, 70],
])('%s gives %d', (error, status) => {
  expect(exitStatusOf(error)).toBe(status);
});
