import { expect, test } from 'vitest';

import { checkNode } from '../../../src/cli/node-version.ts';
import { LaunchError } from '../../../src/mpi/errors.ts';

test.each([
  ['20.19.0', true],
  ['22.3.0', true],
  ['24.0.1', true],
])('Node %s is accepted', (version, hasBuiltins) => {
  expect(() => {
    checkNode(version, hasBuiltins);
  }).not.toThrow();
});

test.each([
  ['18.20.8', false],
  ['20.18.3', true],
  ['20.2.0', false],
  ['21.7.3', false],
  ['22.2.0', false],
])('Node %s is refused', (version, hasBuiltins) => {
  const message =
    `this is Node ${version}, but Node 20.19, 22.3 or newer is needed: install it, or load its module (module load nodejs), ` +
    'and see that it comes first on PATH wherever a rank starts';
  expect(() => {
    checkNode(version, hasBuiltins);
  }).toThrow(new LaunchError(message));
});
