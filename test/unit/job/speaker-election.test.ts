import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { SpeakerElection } from '../../../src/job/speaker-election.ts';
import type { Communicator } from '../../../src/mpi/communicator.ts';

interface Message {
  readonly from: number;
  readonly to: number;
  readonly tag: number;
}

/** Ranks whose messages arrive at once. None is ever received. */
function makeWorld(size: number): (rank: number) => Communicator {
  const messages: Message[] = [];
  return (rank) => {
    const world = {
      rank,
      size,
      send: (_array: Uint8Array, to: number, tag: number) => {
        messages.push({ from: rank, to, tag });
        return Promise.resolve();
      },
      probe: (from: number | 'any', tag: number) => {
        const found = messages.find(
          (one) => one.to === rank && one.tag === tag && (from === 'any' || one.from === from),
        );
        return found && { source: found.from, tag, bytes: 1 };
      },
    };
    return world as unknown as Communicator;
  };
}

// Time passes only while a rank pauses.
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The elections of so many ranks, and what a rank does while it pauses: the others answer. */
function makeElections(size: number) {
  const worldOf = makeWorld(size);
  const elections = Array.from({ length: size }, (_, rank) => new SpeakerElection(worldOf(rank)));
  const answering = (...ranks: number[]) => {
    const letAnswer = (milliseconds: number) => {
      vi.advanceTimersByTime(milliseconds);
      for (const rank of ranks) elections[rank]?.hold(0, () => undefined);
    };
    return letAnswer;
  };
  return { elections, answering };
}

test('rank 0 grants the first claim and denies the others, its own too', () => {
  const { elections, answering } = makeElections(4);
  expect(elections[2]?.claim(answering(0))).toBe('granted');
  expect(elections[1]?.claim(answering(0))).toBe('denied');
  expect(elections[3]?.claim(answering(0))).toBe('denied');
  expect(elections[0]?.claim(answering())).toBe('denied');
});

test('rank 0 denies all other claims when it has failed itself', () => {
  const { elections, answering } = makeElections(3);
  expect(elections[0]?.claim(answering())).toBe('granted');
  expect(elections[1]?.claim(answering(0))).toBe('denied');
  expect(elections[2]?.claim(answering(0))).toBe('denied');
});

test('rank 1 answers if rank 0 does not', () => {
  const { elections, answering } = makeElections(4);
  expect(elections[3]?.claim(answering(1))).toBe('granted');
  expect(elections[2]?.claim(answering(1))).toBe('denied');
  expect(elections[1]?.claim(answering())).toBe('denied');
});

test('a claim that nobody answers times out after one second for each arbiter', () => {
  const { elections, answering } = makeElections(3);
  const start = performance.now();
  expect(elections[2]?.claim(answering())).toBe('unanswered');
  expect(performance.now() - start).toBe(2000);
});

test('a single rank is granted its claim immediately', () => {
  const { elections, answering } = makeElections(1);
  expect(elections[0]?.claim(answering())).toBe('granted');
});
