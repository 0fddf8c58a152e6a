import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';

export const native = join(packageRoot, 'native');

/** Returns the sources in native/match, for tests that compile them with a harness of their own. */
export function searchSources(): string[] {
  const match = join(native, 'match');
  return readdirSync(match)
    .filter((name) => name.endsWith('.cc'))
    .map((name) => join(match, name));
}
