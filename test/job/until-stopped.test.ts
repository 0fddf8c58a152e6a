import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { describe, expect, test, vi } from 'vitest';

import type { StopNotice } from '../../src/job/stop.ts';
import { beforeStop, untilStopped } from '../../src/job/until-stopped.ts';

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
    for (const number of beforeStop(all, notice)) {
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

// Each test has its own `abandon`, as it may be called when the test is over.
describe('until stopped', { timeout: 10_000 }, () => {
  test('all is passed on when nothing stops it', async () => {
    const abandon = vi.fn();
    expect(await all(untilStopped(numbers(5, 0).source, new Notice(), abandon))).toEqual([1, 2, 3, 4, 5]);
    expect(await all(untilStopped(numbers(0, 0).source, new Notice(), abandon))).toEqual([]);
  });

  test('nothing is begun after a stop', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    const { state, source } = numbers(5, 0, notice);
    const got: number[] = [];
    for await (const number of untilStopped(source, notice, abandon)) {
      got.push(number);
      if (number === 2) notice.stop();
    }
    expect(got).toEqual([1, 2]);
    expect(state.made).toBe(2);
  });

  test('nothing is begun when it was stopped before', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    notice.stop();
    const { state, source } = numbers(5, 0, notice);
    expect(await all(untilStopped(source, notice, abandon))).toEqual([]);
    expect(state.made).toBe(0);
  });

  test('what is nearly there is passed on', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    const { state, source } = numbers(5, 200, notice);
    setTimeout(() => {
      notice.stop();
    }, 50);
    expect(await all(untilStopped(source, notice, abandon))).toEqual([1]);
    expect(state.made).toBe(1);
    expect(abandon).not.toHaveBeenCalled();
  });

  test('what takes too long is abandoned, soon enough', async () => {
    const abandon = vi.fn();
    const notice = new Notice();
    const { source } = numbers(5, 8000, notice);
    const begin = performance.now();
    setTimeout(() => {
      notice.stop();
    }, 50);
    expect(await all(untilStopped(source, notice, abandon))).toEqual([]);
    expect(performance.now() - begin).toBeGreaterThan(400);
    expect(performance.now() - begin).toBeLessThan(900); // Open MPI kills 1 s after SIGTERM
    expect(abandon).toHaveBeenCalledTimes(1); // so that it ends for those who made it, too
  });

  test('a failure is passed on', async () => {
    const abandon = vi.fn();
    const failing = (async function* () {
      yield 1;
      await sleep(1);
      throw new Error('no more');
    })();
    const got: number[] = [];
    const passing = (async () => {
      for await (const number of untilStopped(failing, new Notice(), abandon)) got.push(number);
    })();
    await expect(passing).rejects.toThrow('no more');
    expect(got).toEqual([1]);
  });

  test('a failure of what was abandoned is of no interest', async () => {
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
    expect(await all(untilStopped(failing, notice, abandon))).toEqual([]);
    await sleep(500);
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });

  test('what was passed on is not kept in memory', async () => {
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
    for await (const array of untilStopped(source, new Notice(), abandon)) {
      bytes += array.length;
      if (bytes % 20_000_000 !== 0) continue;
      await sleep(1);
      collect();
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBe(200_000_000);
    expect(most).toBeLessThan(40_000_000);
  });
});
