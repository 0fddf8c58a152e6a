import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { StopNotice } from '../../../src/job/stop/stop.ts';
import { takeUntilStopped, drainUntilStopped } from '../../../src/job/stop/until-stopped.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Until the time has been advanced by as much. */
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A notice that is given by hand. */
class Notice implements StopNotice {
  reason: string | undefined;
  readonly requested: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor() {
    this.requested = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  stop(): void {
    this.reason = 'enough';
    this.#resolve();
  }
}

/** Numbers from 1, each after some milliseconds; `made` is the last one that was begun. */
function numbers(count: number, milliseconds: number, notice = new Notice()) {
  const state = { made: 0 };
  const source = (async function* () {
    const all = Array.from({ length: count }, (_, index) => index + 1);
    for (const number of takeUntilStopped(all, notice)) {
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

// Each test has its own `abandon`, as it may be called when the test is over.
describe('drainUntilStopped()', { timeout: 10_000 }, () => {
  test('yields all items without a stop', async () => {
    const abandon = vi.fn();
    const passedOn = (count: number) => drainUntilStopped(numbers(count, 10).source, new Notice(), abandon);
    expect(await allWithin(50, passedOn(5))).toEqual([1, 2, 3, 4, 5]);
    expect(await allWithin(0, passedOn(0))).toEqual([]);
    expect(abandon).not.toHaveBeenCalled();
  });

  test('requests no item after a stop', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    const { state, source } = numbers(5, 10, notice);
    setTimeout(() => {
      notice.stop();
    }, 19);
    expect(await allWithin(20, drainUntilStopped(source, notice, abandon))).toEqual([1, 2]);
    expect(state.made).toBe(2);
  });

  test('requests no item when already stopped', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    notice.stop();
    const { state, source } = numbers(5, 0, notice);
    expect(await all(drainUntilStopped(source, notice, abandon))).toEqual([]);
    expect(state.made).toBe(0);
  });

  test('yields an item that is ready within the grace period', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    const { state, source } = numbers(5, 449, notice);
    setTimeout(() => {
      notice.stop();
    }, 50);
    expect(await allWithin(449, drainUntilStopped(source, notice, abandon))).toEqual([1]);
    expect(state.made).toBe(1);
    expect(abandon).not.toHaveBeenCalled();
  });

  test('abandons an item that takes longer, in time', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    const { source } = numbers(5, 8000, notice);
    setTimeout(() => {
      notice.stop();
    }, 50);
    const passedOn = all(drainUntilStopped(source, notice, abandon));
    await vi.advanceTimersByTimeAsync(449);
    expect(abandon).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1); // Open MPI kills 1 s after SIGTERM
    expect(await passedOn).toEqual([]);
    expect(abandon).toHaveBeenCalledTimes(1); // so that it ends for those who made it, too
  });

  test('rejects with a failure', async () => {
    const abandon = vi.fn();
    const failing = (async function* () {
      yield 1;
      await sleep(1);
      throw new Error('no more');
    })();
    const got: number[] = [];
    const passing = (async () => {
      for await (const number of drainUntilStopped(failing, new Notice(), abandon)) got.push(number);
    })();
    const rejected = expect(passing).rejects.toThrow('no more');
    await vi.advanceTimersByTimeAsync(1);
    await rejected;
    expect(got).toEqual([1]);
  });

  test('ignores a failure of an abandoned item', async () => {
    const abandon = vi.fn();
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    const notice = new Notice();
    const failing = (async function* (): AsyncGenerator<number> {
      await sleep(700);
      throw new Error('too late');
    })();
    notice.stop();
    notice.reason = undefined; // as when it comes right after the look at it
    expect(await allWithin(400, drainUntilStopped(failing, notice, abandon))).toEqual([]);
    await vi.advanceTimersByTimeAsync(300);
    await nextTurn();
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  test('does not keep yielded items in memory', async () => {
    const abandon = vi.fn();
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    collect();
    const before = process.memoryUsage().arrayBuffers;
    const source = (async function* () {
      for (let index = 0; index < 2000; index += 1) yield await Promise.resolve(new Uint8Array(100_000));
    })();
    let bytes = 0;
    let most = 0;
    for await (const array of drainUntilStopped(source, new Notice(), abandon)) {
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
