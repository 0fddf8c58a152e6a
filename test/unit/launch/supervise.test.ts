import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { supervise, type Requests, type Watched } from '../../../src/launch/supervise.ts';
import { FakeChild } from './fake-system.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start(more: Partial<Watched> = {}) {
  const child = new FakeChild();
  child.onSignal = () => undefined; // deaf
  const requests: Requests = { stop: false, end: false, passOn: false };
  const result = supervise(child, requests, {
    stopSignal: 'SIGUSR2',
    isByHand: false,
    hasOutcome: () => false,
    ...more,
  });
  return { child, requests, result, pass: (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000) };
}

describe('supervise()', () => {
  test('waits for a launcher without a time limit', async () => {
    const { child, result, pass } = start();
    await pass(100_000);
    child.end({ code: 0 });
    expect(await result).toEqual({ ending: { code: 0 }, signalled: false });
    expect(child.signals).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('passes on a stop request once, but not while the launcher starts ranks', async () => {
    const { child, requests, result, pass } = start();
    requests.stop = true;
    await pass(4);
    expect(child.signals).toEqual([]);
    await pass(10);
    expect(child.signals).toEqual(['SIGUSR2']);
    child.end({ code: 85 });
    expect((await result).signalled).toBe(true);
  });

  test('passes on no stop request if the job could not be resumed', async () => {
    const { child, requests, result, pass } = start({ stopSignal: undefined });
    requests.stop = true;
    await pass(1000);
    expect(child.signals).toEqual([]);
    child.end({ code: 0 });
    expect((await result).signalled).toBe(false);
  });

  test('kills a launcher that has not stopped after a minute', async () => {
    const { child, requests, result, pass } = start();
    await pass(30);
    requests.stop = true;
    await pass(60);
    expect(child.signals).toEqual(['SIGUSR2']);
    await pass(1);
    expect(child.signals).toEqual(['SIGUSR2', 'SIGKILL']);
    expect(await result).toEqual({ ending: { signal: 'SIGKILL' }, signalled: true });
  });

  test('kills a launcher that is still running a minute after the outcome was written', async () => {
    let isThere = false;
    const { child, result, pass } = start({ hasOutcome: () => isThere });
    await pass(100);
    isThere = true;
    await pass(60);
    expect(child.signals).toEqual([]);
    await pass(3);
    expect(child.signals).toEqual(['SIGKILL']);
    await result;
  });

  test('does not kill a launcher that a scheduler ends', async () => {
    const { child, requests, result, pass } = start();
    requests.end = true;
    await pass(1000);
    expect(child.signals).toEqual([]);
    child.end({ code: 0 });
    await result;
  });

  test('without a scheduler, waits a minute for a launcher that the terminal has signalled', async () => {
    const { child, requests, result, pass } = start({ isByHand: true });
    requests.end = true;
    await pass(60);
    expect(child.signals).toEqual([]);
    await pass(1);
    expect(child.signals).toEqual(['SIGKILL']);
    await result;
  });

  test('without a scheduler, passes on a signal that the launcher did not get', async () => {
    const { child, requests, result, pass } = start({ isByHand: true });
    requests.end = true;
    requests.passOn = true;
    await pass(5);
    expect(child.signals).toEqual(['SIGTERM']);
    child.end({ code: 1 });
    await result;
  });

  test.each([true, false])(
    'passes on a signal that the launcher may have got, once, when it does not end (by hand: %s)',
    async (isByHand) => {
      const { child, requests, result, pass } = start({ isByHand });
      await pass(10);
      requests.end = true;
      requests.passOn = 'late';
      await pass(6);
      expect(child.signals).toEqual([]);
      await pass(1);
      expect(child.signals).toEqual(['SIGTERM']);
      await pass(53);
      expect(child.signals).toEqual(['SIGTERM']);
      await pass(1);
      expect(child.signals).toEqual(['SIGTERM', 'SIGKILL']);
      expect((await result).signalled).toBe(false);
    },
  );

  test('passes on at once a signal that follows one that the launcher may have got', async () => {
    const { child, requests, result, pass } = start({ isByHand: true });
    requests.end = true;
    requests.passOn = 'late';
    await pass(2);
    requests.passOn = true;
    await pass(1);
    expect(child.signals).toEqual(['SIGTERM']);
    await pass(20);
    expect(child.signals).toEqual(['SIGTERM']);
    child.end({ code: 1 });
    await result;
  });
});
