import { describe, expect, test } from 'vitest';

import type { Contestant, Question } from '../../../bench/contestants/contestant.ts';
import { measure, median } from '../../../bench/measure.ts';

const question: Question = { patterns: ['love'] };

/** A contestant that answers with a script, about so many copies of a text. */
function contestant(name: string, script: string, copies = 1, asked = question): Contestant {
  return { ...limit(name, script, copies), question: asked };
}

function limit(name: string, script: string, copies = 1): Contestant {
  const input = { name: 'none', path: '', files: [], bytes: copies * 1000, copies };
  return { name, command: ['sh', '-c', script], input };
}

const rounds = { runs: 3, warm: true };

describe('measure', () => {
  test('times each as often as asked, and adds up what it counted', async () => {
    const timings = await measure([contestant('a', 'echo 5 love; echo 2 hate'), contestant('b', 'echo 7')], rounds);
    expect(timings.map(({ name, count, seconds }) => [name, count, seconds.length])).toEqual([
      ['a', 7, 3],
      ['b', 7, 3],
    ]);
  });

  test('without a round to warm up, the first run is the one that is timed', async () => {
    const [timing] = await measure([contestant('a', 'echo 7')], { runs: 1, warm: false });
    expect(timing?.seconds).toHaveLength(1);
  });

  test('a contestant may tell its time itself', async () => {
    const own = { ...contestant('a', 'echo 7'), seconds: () => 1.5 };
    const [timing] = await measure([own], { runs: 2, warm: true });
    expect(timing?.seconds).toEqual([1.5, 1.5]);
  });

  test('copies of a text have as many times its count', async () => {
    await expect(measure([contestant('a', 'echo 5'), contestant('b', 'echo 20', 4)], rounds)).resolves.toHaveLength(2);
    await expect(measure([contestant('a', 'echo 5'), contestant('b', 'echo 21', 4)], rounds)).rejects.toThrow(
      'the counts do not agree: a 5; b 21 in 4 copies',
    );
  });

  test('other questions have other answers, and limits none', async () => {
    const other = contestant('b', 'echo 8', 1, { patterns: ['hate'] });
    const timings = await measure([contestant('a', 'echo 5'), other, limit('c', 'echo 1234 bytes')], rounds);
    expect(timings.map(({ count }) => count)).toEqual([5, 8, undefined]);
  });

  test('what fails or shows nothing is an error', async () => {
    await expect(measure([contestant('a', 'echo 5; echo why >&2; exit 3')], rounds)).rejects.toThrow(
      'a: status 3: why',
    );
    await expect(measure([contestant('a', 'echo 0')], rounds)).rejects.toThrow('a counted nothing');
    await expect(measure([contestant('a', 'date +%s%N')], rounds)).rejects.toThrow(/a counted \d+, and then \d+/);
  });
});

test('the median is the middle, or between the two in the middle', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});
