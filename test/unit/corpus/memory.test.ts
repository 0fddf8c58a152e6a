import { totalmem } from 'node:os';

import { afterEach, expect, test, vi } from 'vitest';

import { exceedsMemory } from '../../../src/corpus/memory.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([
  ['without a limit', 0, totalmem()],
  ['with a limit that is none', 2 ** 63, totalmem()],
  ["with a job's limit", 1000, 1000],
])('exceedsMemory() compares with the right limit %s', (_name, limit, most) => {
  vi.spyOn(process, 'constrainedMemory').mockReturnValue(limit);
  expect([exceedsMemory(most), exceedsMemory(most + 1)]).toEqual([false, true]);
});
