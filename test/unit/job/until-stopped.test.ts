import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { afterGracePeriod, drainUntilOverdue, onAbort, takeUntilStopped } from '../../../src/job/stop/until-stopped.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Until the time has been advanced by as much. */
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Numbers from 1, each after some milliseconds; `made` is the last one that was begun. */
function numbers(count: number, milliseconds: number, stop = new AbortController()) {
  const state = { made: 0 };
  const source = (async function* () {
    const all = Array.from({ length: count }, (_, index) => index + 1);
    for (const number of takeUntilStopped(all, stop.signal)) {
      state.made = number;
      await sleep(milliseconds);
      yield number;
    }
  })();
  return { state, source };
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** What a source has within some milliseconds, by when it must have ended. */
async function allWithin<T>(milliseconds: number, source: AsyncIterable<T>): Promise<T[]> {
  const items = all(source);
  await vi.advanceTimersByTimeAsync(milliseconds);
  return items;
}

/** Aborts after some milliseconds. */
function abortAfter(milliseconds: number): AbortController {
  const controller = new AbortController();
  setTimeout(() => {
    controller.abort('enough');
  }, milliseconds);
  return controller;
}

/** Returns the items that `source` yields when it is stopped as a job is. */
const drain = <T>(source: AsyncGenerator<T>, stop: AbortController) =>
  drainUntilOverdue(source, afterGracePeriod(stop.signal));

describe('drainUntilOverdue()', () => {
  test('yields all items without a stop', async () => {
    const passedOn = (count: number) => drain(numbers(count, 10).source, new AbortController());
    expect(await allWithin(50, passedOn(5))).toEqual([1, 2, 3, 4, 5]);
    expect(await allWithin(0, passedOn(0))).toEqual([]);
  });

  test('requests no item after a stop', async () => {
    const stop = abortAfter(19);
    const { state, source } = numbers(5, 10, stop);
    expect(await allWithin(20, drain(source, stop))).toEqual([1, 2]);
    expect(state.made).toBe(2);
  });

  test('requests no item when already stopped', async () => {
    const stop = new AbortController();
    stop.abort('enough');
    const { state, source } = numbers(5, 0, stop);
    expect(await all(drain(source, stop))).toEqual([]);
    expect(state.made).toBe(0);
  });

  test('requests no item when already overdue', async () => {
    const { state, source } = numbers(5, 0);
    expect(await all(drainUntilOverdue(source, AbortSignal.abort()))).toEqual([]);
    expect(state.made).toBe(0);
  });

  test('yields an item that is ready within the grace period', async () => {
    const stop = abortAfter(50);
    const { state, source } = numbers(5, 449, stop);
    expect(await allWithin(449, drain(source, stop))).toEqual([1]);
    expect(state.made).toBe(1);
  });

  test('does not wait for an item that takes longer', async () => {
    const stop = abortAfter(50);
    const { source } = numbers(5, 8000, stop);
    const isDone = vi.fn();
    const passedOn = all(drain(source, stop)).finally(isDone);
    await vi.advanceTimersByTimeAsync(449);
    expect(isDone).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1); // Open MPI kills 1 s after SIGTERM
    expect(isDone).toHaveBeenCalledTimes(1);
    expect(await passedOn).toEqual([]);
  });

  test('requests no item when the grace period ends while an item is being used', async () => {
    const overdue = new AbortController();
    const { state, source } = numbers(5, 10);
    const got: number[] = [];
    const passing = (async () => {
      for await (const number of drainUntilOverdue(source, overdue.signal)) {
        got.push(number);
        overdue.abort();
      }
    })();
    await vi.advanceTimersByTimeAsync(10);
    await passing;
    expect(got).toEqual([1]);
    expect(state.made).toBe(1);
  });

  test('rejects with a failure', async () => {
    const failing = (async function* () {
      yield 1;
      await sleep(1);
      throw new Error('no more');
    })();
    const got: number[] = [];
    const passing = (async () => {
      for await (const number of drain(failing, new AbortController())) got.push(number);
    })();
    const rejected = expect(passing).rejects.toThrow('no more');
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(got).toEqual([1]);
  });

  test('ignores a failure of an item that is not awaited any more', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    const failing = (async function* (): AsyncGenerator<number> {
      await sleep(700);
      throw new Error('too late');
    })();
    const stop = new AbortController();
    stop.abort('enough');
    expect(await allWithin(400, drain(failing, stop))).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    await nextTurn();
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  test('does not keep yielded items in memory', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().arrayBuffers;
    const source = (async function* () {
      for (let index = 0; index < 2000; index += 1) yield await Promise.resolve(new Uint8Array(100_000));
    })();
    let bytes = 0;
    let most = 0;
    for await (const array of drain(source, new AbortController())) {
      bytes += array.length;
      if (bytes % 20_000_000 !== 0) continue;
      await nextTurn();
      collect();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBe(200_000_000);
    expect(most).toBeLessThan(40_000_000);
  });
});

describe('afterGracePeriod()', () => {
  test.each([0, 50])('aborts 400 ms after a stop, with its reason (stopped after %d ms)', async (milliseconds) => {
    const stop = milliseconds === 0 ? new AbortController() : abortAfter(milliseconds);
    if (milliseconds === 0) stop.abort('enough');
    const overdue = afterGracePeriod(stop.signal);
    await vi.advanceTimersByTimeAsync(milliseconds + 399);
    expect(overdue.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(overdue).toMatchObject({ aborted: true, reason: 'enough' });
  });

  test('does not abort without a stop', async () => {
    const overdue = afterGracePeriod(new AbortController().signal);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(overdue.aborted).toBe(false);
  });
});

test('onAbort() calls its action once, whether the signal is already aborted or not', () => {
  const controller = new AbortController();
  const [early, late] = [vi.fn(), vi.fn()];
  onAbort(controller.signal, early);
  expect(early).not.toHaveBeenCalled();
  controller.abort();
  onAbort(controller.signal, late);
  controller.abort();
  expect(early).toHaveBeenCalledTimes(1);
  expect(late).toHaveBeenCalledTimes(1);
});
