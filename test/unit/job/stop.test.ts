import { afterEach, beforeEach, describe, expect, test, vi, type MockInstance } from 'vitest';

import { ControlChannel } from '../../../src/job/control/control-channel.ts';
import { encodeMessage } from '../../../src/job/control/control-message.ts';
import { StopCoordinator } from '../../../src/job/stop/stop.ts';
import { Network } from '../../support/network.ts';

// Ranks in one process, whose messages arrive at once. A signal reaches all of them here: see test/jobs/stop.test.ts for
// signals to one of several processes.

let network: Network;
let channels: Map<StopCoordinator, ControlChannel>;
let stops: StopCoordinator[];
let kill: MockInstance<typeof process.kill>;

const arm = () => {
  const stop = new StopCoordinator();
  stop.arm();
  stops.push(stop);
  return stop;
};
const connect = (stop: StopCoordinator, rank: number, size: number, stopAt?: number) => {
  const channel = new ControlChannel(network.communicator(rank, size));
  channels.set(stop, channel);
  stop.connect(channel, stopAt);
};
const listen = (rank: number, size: number, seconds?: number) => {
  const stop = arm();
  connect(stop, rank, size, seconds === undefined ? undefined : Date.now() + seconds * 1000);
  return stop;
};
/** Ends the watch of a rank, as run.ts does. */
const end = async (stop: StopCoordinator) => {
  await channels.get(stop)!.close();
  stop.disconnect();
};
const sendStop = (reason: string, from: number, to: number) => {
  const { tag, bytes } = encodeMessage({ type: 'stop', reason });
  network.send(Buffer.from(bytes).toString(), from, to, tag);
};
const reasons = (ranks: readonly StopCoordinator[]) => ranks.map(({ signal }) => signal.reason as unknown);
const signals = ['SIGTERM', 'SIGINT', 'SIGUSR2', 'SIGHUP'] as const;
const listeners = () => signals.map((signal) => process.listenerCount(signal));

beforeEach(() => {
  vi.useFakeTimers();
  // Signals that are sent, rather than received, would end the tests.
  kill = vi.spyOn(process, 'kill').mockImplementation(() => true);
  network = new Network();
  stops = [];
  channels = new Map();
});
afterEach(async () => {
  for (const stop of stops) await stop.disarm();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** From rank 0 to each of the three others, and back. */
const oneEach = [
  [0, 1],
  [0, 2],
  [0, 3],
  [1, 0],
  [2, 0],
  [3, 0],
];

describe('the deadline', () => {
  test('stops all ranks in time', async () => {
    const ranks = [0, 1, 2, 3].map((rank) => listen(rank, 4, 90));
    await vi.advanceTimersByTimeAsync(89_900);
    expect(reasons(ranks)).toEqual(Array(4).fill(undefined));
    await vi.advanceTimersByTimeAsync(300);
    expect(reasons(ranks)).toEqual(Array(4).fill('its time is nearly up'));
    await vi.advanceTimersByTimeAsync(100_000);
    expect(network.sent.map(({ from, to }) => [from, to])).toEqual(oneEach);
  });

  test('has no effect on ranks other than 0', async () => {
    const rank = listen(1, 2, 1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(rank.signal.aborted).toBe(false);
  });

  test.each([0, -1000])('stops immediately when it is due in %d s', async (seconds) => {
    const rank = listen(0, 1, seconds);
    await vi.advanceTimersByTimeAsync(100);
    expect(rank.signal.reason).toBe('its time is nearly up');
  });

  test('does not stop a count with a limit of a year after 25 days', async () => {
    // Timers hold 2^31 ms at most.
    const rank = listen(0, 1, 365 * 86_400);
    await vi.advanceTimersByTimeAsync(100);
    vi.setSystemTime(Date.now() + 364 * 86_400_000);
    await vi.advanceTimersByTimeAsync(100);
    expect(rank.signal.aborted).toBe(false);
    vi.setSystemTime(Date.now() + 86_400_000);
    await vi.advanceTimersByTimeAsync(100);
    expect(rank.signal.reason).toBe('its time is nearly up');
  });
});

describe('a stop message', () => {
  test('is passed on by rank 0 to all', async () => {
    const rank = listen(0, 4);
    sendStop('SIGTERM on rank 2', 2, 0);
    await vi.advanceTimersByTimeAsync(100);
    expect(rank.signal.reason).toBe('SIGTERM on rank 2');
    expect(network.sent.slice(1)).toEqual([1, 2, 3].map((to) => ({ from: 0, to, tag: 1, text: 'SIGTERM on rank 2' })));
  });

  test('from another rank is sent to rank 0 only', async () => {
    const rank = listen(2, 4);
    sendStop('SIGTERM on rank 3', 0, 2);
    await vi.advanceTimersByTimeAsync(100);
    expect(rank.signal.reason).toBe('SIGTERM on rank 3');
    expect(network.sent.slice(1).map(({ from, to }) => [from, to])).toEqual([[2, 0]]);
  });

  test('changes nothing if it is the second', async () => {
    const rank = listen(0, 3);
    sendStop('SIGTERM on rank 2', 2, 0);
    sendStop('SIGINT on rank 1', 1, 0);
    await vi.advanceTimersByTimeAsync(500);
    expect(rank.signal.reason).toBe('SIGTERM on rank 2');
    expect(network.sent.slice(2).map(({ to }) => to)).toEqual([1, 2]);
  });

  test('is required for a stop', async () => {
    const rank = listen(0, 3);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(rank.signal.aborted).toBe(false);
    expect(network.sent).toEqual([]);
  });
});

// Only those that listen here get a signal: vitest has its own.
const foreign = new Map(signals.map((signal) => [signal, process.listeners(signal)]));
const sendSignal = (signal: (typeof signals)[number]) => {
  for (const listener of process.listeners(signal)) if (!foreign.get(signal)?.includes(listener)) listener(signal);
};

describe.each(signals)('%s', (signal) => {
  const send = () => {
    sendSignal(signal);
  };

  test('stops the rank, which notifies rank 0 only', () => {
    const rank = listen(2, 4);
    send();
    expect(rank.signal.reason).toBe(`${signal} on rank 2`);
    expect(network.sent).toEqual([{ from: 2, to: 0, tag: 1, text: `${signal} on rank 2` }]);
    expect(kill).not.toHaveBeenCalled();
  });

  test('stops rank 0, which notifies all others', () => {
    const rank = listen(0, 4);
    send();
    expect(rank.signal.reason).toBe(`${signal} on rank 0`);
    expect(network.sent.map(({ to }) => to)).toEqual([1, 2, 3]);
  });

  test('to all ranks results in two messages per rank', async () => {
    const ranks = [0, 1, 2, 3].map((rank) => listen(rank, 4));
    send();
    await vi.advanceTimersByTimeAsync(1000);
    expect(reasons(ranks)).toEqual([0, 1, 2, 3].map((rank) => `${signal} on rank ${rank}`));
    expect(network.sent.map(({ from, to }) => [from, to])).toEqual(oneEach);
  });

  test('stops ranks that are not connected yet as soon as they are', async () => {
    const stop = arm();
    send();
    await vi.advanceTimersByTimeAsync(100);
    expect(stop.signal.aborted).toBe(false);
    connect(stop, 1, 2);
    expect(stop.signal.reason).toBe(`${signal} on rank 1`);
    expect(network.sent).toEqual([{ from: 1, to: 0, tag: 1, text: `${signal} on rank 1` }]);
    expect(kill).not.toHaveBeenCalled();
  });

  test('counts as one when it arrives twice at the same time', async () => {
    listen(0, 1);
    send();
    await vi.advanceTimersByTimeAsync(400);
    send();
    expect(kill).not.toHaveBeenCalled();
  });

  test('counts as the first one after a stop of another rank', async () => {
    const rank = listen(1, 2);
    sendStop('its time is nearly up', 0, 1);
    await vi.advanceTimersByTimeAsync(1000);
    send();
    expect(kill).not.toHaveBeenCalled();
    expect(rank.signal.reason).toBe('its time is nearly up');
    expect(network.sent).toHaveLength(2);
  });

  test('has its default effect when disarmed', async () => {
    const free = listeners();
    const stop = arm();
    expect(listeners()).toEqual(free.map((count) => count + 1));
    await stop.disarm();
    expect(listeners()).toEqual(free);
    expect(kill).not.toHaveBeenCalled();
  });

  test('is not lost if it arrived before disarming', async () => {
    const stop = arm();
    send();
    await stop.disarm();
    expect(kill.mock.calls).toEqual([[process.pid, signal]]);
  });

  test('leaves no message behind, even if it arrives late', async () => {
    const ranks = [0, 1, 2].map((rank) => listen(rank, 3));
    send();
    await Promise.all(ranks.map(end));
    expect(network.sent).toHaveLength(4);
    expect(network.waiting).toEqual([]);
    expect(network.freed).toBe(3);
    // Now all is counted, and it is of no interest any more.
    send();
    expect(network.sent).toHaveLength(4);
    expect(kill).not.toHaveBeenCalled();
  });
});

describe.each(['SIGTERM', 'SIGINT', 'SIGUSR2'] as const)('%s', (signal) => {
  test.each([true, false])('ends the process when it arrives a second time (connected: %s)', async (connected) => {
    const free = listeners();
    if (connected) listen(0, 1);
    else arm();
    sendSignal(signal);
    await vi.advanceTimersByTimeAsync(600);
    sendSignal(signal);
    expect(kill.mock.calls).toEqual([[process.pid, signal]]);
    expect(listeners()).toEqual(free); // so it does what it does by default
  });
});

describe('SIGHUP, which shell, kernel and launchers follow up at times of their own,', () => {
  test.each([true, false])('ends nothing when it arrives several times (connected: %s)', async (connected) => {
    const rank = arm();
    if (connected) connect(rank, 0, 1);
    for (let count = 0; count < 3; count += 1) {
      sendSignal('SIGHUP');
      await vi.advanceTimersByTimeAsync(5000);
    }
    expect(rank.signal.aborted).toBe(connected);
    expect(kill).not.toHaveBeenCalled();
  });

  test('is not the first of two signals', async () => {
    const rank = listen(0, 1);
    sendSignal('SIGHUP');
    await vi.advanceTimersByTimeAsync(5000);
    sendSignal('SIGTERM');
    expect(kill).not.toHaveBeenCalled();
    expect(rank.signal.reason).toBe('SIGHUP on rank 0');
    await vi.advanceTimersByTimeAsync(600);
    sendSignal('SIGTERM');
    expect(kill.mock.calls).toEqual([[process.pid, 'SIGTERM']]);
  });

  test('is not the second of two signals', async () => {
    listen(0, 1);
    sendSignal('SIGTERM');
    await vi.advanceTimersByTimeAsync(5000);
    sendSignal('SIGHUP');
    expect(kill).not.toHaveBeenCalled();
  });
});

test('a rank that is notified of a stop while it ends leaves no message behind', async () => {
  const ranks = [0, 1, 2].map((rank) => listen(rank, 3, rank === 0 ? 0 : undefined));
  const ending = [end(ranks[1]!), end(ranks[2]!)];
  await vi.advanceTimersByTimeAsync(200);
  expect(network.sent).toHaveLength(4); // told by rank 0, and confirmed
  await Promise.all([...ending, end(ranks[0]!)]);
  expect(network.waiting).toEqual([]);
  expect(network.freed).toBe(3);
});

test('rank 0 keeps watching the deadline after it has counted its blocks', async () => {
  const [first, second] = [listen(0, 2, 10), listen(1, 2)];
  const ended = end(first);
  await vi.advanceTimersByTimeAsync(9900);
  expect(second.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(second.signal.reason).toBe('its time is nearly up');
  await Promise.all([ended, end(second)]);
  expect(network.waiting).toEqual([]);
});

test('the deadline is of no interest after the end', async () => {
  const rank = listen(0, 1, 1);
  await end(rank);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(rank.signal.aborted).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test('disconnect() may be called without connect()', () => {
  arm().disconnect();
  expect(network.sent).toEqual([]);
});
