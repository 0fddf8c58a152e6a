import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';

export const native = join(packageRoot, 'native');

/** Returns the sources in native/match and native/kernel, for tests that compile them with a harness of their own. */
export function searchSources(): string[] {
  return ['match', 'kernel'].flatMap((room) =>
    readdirSync(join(native, room))
      .filter((name) => name.endsWith('.cc'))
      .map((name) => join(native, room, name)),
  );
}
