import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { watchLauncher } from '../../../src/mpi/launcher-watch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('the end of the launcher is noticed within a second, once', () => {
  let parent = 7;
  const onEnd = vi.fn();
  watchLauncher(onEnd, () => parent);
  vi.advanceTimersByTime(3_600_000);
  expect(onEnd).not.toHaveBeenCalled();
  parent = 1;
  vi.advanceTimersByTime(1000);
  expect(onEnd).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(10_000);
  expect(onEnd).toHaveBeenCalledOnce();
});
