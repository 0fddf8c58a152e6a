import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { ControlChannel } from '../../../src/job/control/control-channel.ts';
import { decodeMessage, encodeMessage } from '../../../src/job/control/control-message.ts';
import { Network } from '../../support/network.ts';

// Ranks in one process; see test/jobs/control-channel.test.ts for real ones.

interface Taken {
  readonly reason: string;
  readonly from: number;
}

let network: Network;

beforeEach(() => {
  vi.useFakeTimers();
  network = new Network();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Opens the channel of a rank, which keeps what it takes. */
function open(rank: number, size: number) {
  const channel = new ControlChannel(network.communicator(rank, size));
  const taken: Taken[] = [];
  channel.on('stop', ({ reason }, from) => taken.push({ reason, from }));
  return { channel, taken };
}
const stop = (reason: string) => ({ type: 'stop', reason }) as const;
const closeAll = (ranks: readonly { channel: ControlChannel }[]) =>
  Promise.all(ranks.map(({ channel }) => channel.close()));

test('open() duplicates the communicator, and close() frees it', async () => {
  const channel = await ControlChannel.open(network.communicator(0, 1));
  expect(channel).toMatchObject({ rank: 0, size: 1 });
  expect(network.freed).toBe(0);
  await channel.close();
  expect(network.freed).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
});

describe('send()', () => {
  test('gets messages to any rank in order, with their sender', async () => {
    const ranks = [0, 1, 2].map((rank) => open(rank, 3));
    ranks[1]!.channel.send(stop('one'), 0);
    ranks[1]!.channel.send(stop('two'), 0);
    ranks[2]!.channel.send(stop('three'), 1);
    ranks[0]!.channel.send(stop('four'), 0);
    await vi.advanceTimersByTimeAsync(49);
    expect(ranks.map(({ taken }) => taken)).toEqual([[], [], []]);
    await vi.advanceTimersByTimeAsync(1);
    expect(ranks.map(({ taken }) => taken)).toEqual([
      [
        { reason: 'one', from: 1 },
        { reason: 'two', from: 1 },
        { reason: 'four', from: 0 },
      ],
      [{ reason: 'three', from: 2 }],
      [],
    ]);
  });

  test('transmits messages of any length', async () => {
    const reasons = ['', 'x', 'x'.repeat(64), 'x'.repeat(65), '\u00e9\0'.repeat(100_000)];
    const { channel, taken } = open(0, 1);
    for (const reason of reasons) channel.send(stop(reason), 0);
    await channel.close();
    expect(taken).toEqual(reasons.map((reason) => ({ reason, from: 0 })));
  });
});

test('a poll receives all messages that have arrived, from 10,000 ranks', { timeout: 60_000 }, async () => {
  const { channel, taken } = open(0, 10_001);
  for (let from = 1; from <= 10_000; from += 1) network.send('now', from, 0, 1);
  await vi.advanceTimersByTimeAsync(50);
  await vi.waitFor(
    () => {
      expect(taken).toHaveLength(10_000);
    },
    { timeout: 50_000 },
  );
  expect(taken.map(({ from }) => from)).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
  expect(channel.size).toBe(10_001);
});

test('a message that nothing takes is an error', async () => {
  const channel = new ControlChannel(network.communicator(0, 1));
  channel.send(stop('now'), 0);
  await expect(channel.close()).rejects.toThrow("nothing takes the control message 'stop'");
});

describe('close()', () => {
  test('takes what was sent right before it, and leaves nothing behind', async () => {
    const ranks = [0, 1, 2].map((rank) => open(rank, 3));
    for (const { channel } of ranks) for (const to of [0, 1, 2]) channel.send(stop(`to ${to}`), to);
    await closeAll(ranks);
    ranks.forEach(({ taken }, rank) => {
      expect(taken).toEqual([0, 1, 2].map((from) => ({ reason: `to ${rank}`, from })));
    });
    expect(network.waiting).toEqual([]);
    expect(network.freed).toBe(3);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('lets messages be answered until every rank has called it', async () => {
    const ranks = [0, 1].map((rank) => open(rank, 2));
    ranks[0]!.channel.on('stop', ({ reason }, from) => {
      ranks[0]!.channel.send(stop(`answer to ${reason}`), from);
    });
    const closing = ranks[0]!.channel.close();
    ranks[1]!.channel.send(stop('question'), 0);
    await vi.advanceTimersByTimeAsync(100);
    expect(ranks[1]!.taken).toEqual([{ reason: 'answer to question', from: 0 }]);
    await Promise.all([closing, ranks[1]!.channel.close()]);
    expect(network.waiting).toEqual([]);
  });

  test('drops what is sent after every rank has called it', async () => {
    const ranks = [0, 1].map((rank) => open(rank, 2));
    ranks[0]!.channel.on('stop', (message, from) => {
      ranks[0]!.channel.send(message, from);
    });
    ranks[1]!.channel.send(stop('question'), 0);
    await closeAll(ranks);
    ranks[1]!.channel.send(stop('late'), 0);
    expect(network.sent.map(({ text }) => text)).toEqual(['question']);
    expect(network.waiting).toEqual([]);
  });

  test('waits for a message that is still on its way', async () => {
    const ranks = [0, 1].map((rank) => open(rank, 2));
    ranks[1]!.channel.send(stop('slow'), 0);
    const onItsWay = network.waiting.splice(0);
    const closed = vi.fn();
    const closing = closeAll(ranks).then(closed);
    await vi.advanceTimersByTimeAsync(1000);
    expect(closed).not.toHaveBeenCalled();
    network.waiting.push(...onItsWay);
    await closing;
    expect(ranks[0]!.taken).toEqual([{ reason: 'slow', from: 1 }]);
    expect(network.freed).toBe(2);
  });

  test('frees nothing before its sends are done', async () => {
    let deliver: () => void = () => undefined;
    network.delivery = new Promise((resolve) => (deliver = resolve));
    const ranks = [0, 1].map((rank) => open(rank, 2));
    ranks[1]!.channel.send(stop('now'), 0);
    const closing = closeAll(ranks);
    await vi.advanceTimersByTimeAsync(1000);
    expect(network.freed).toBe(1);
    deliver();
    await closing;
    expect(network.freed).toBe(2);
  });
});

describe('messages', () => {
  test.each([stop(''), stop('SIGTERM on rank 12'), stop('\u00e9')])('%j is decoded as it was encoded', (message) => {
    const { tag, bytes } = encodeMessage(message);
    expect(decodeMessage(tag, Buffer.from(bytes))).toEqual(message);
  });

  test('an unknown tag is refused', () => {
    expect(() => decodeMessage(99, Buffer.alloc(0))).toThrow('a control message with the unknown tag 99');
  });
});
