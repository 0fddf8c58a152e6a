import { expect, test } from 'vitest';

import { threadsWanted } from '../../../src/cli/count-options.ts';
import { count } from '../../../src/cli/options/count.ts';
import { wc } from '../../../src/cli/options/wc.ts';
import { reserveThreads } from '../../../src/cli/threads.ts';

test.each([
  [1, undefined, '4'],
  [2, undefined, '5'],
  [64, undefined, '67'],
  [64, '16', '67'],
  [2, '16', '16'],
  [2, 'many', '5'],
  [2, 'Infinity', '5'],
  [2, '-9', '5'],
  [2, '1e3', '5'],
  [2, '99999999999', '1024'],
])('the pool is sized for %d threads with UV_THREADPOOL_SIZE=%s', (threads, before, after) => {
  const environment = before === undefined ? {} : { UV_THREADPOOL_SIZE: before };
  reserveThreads(threads, undefined, environment);
  expect(environment).toEqual({ UV_THREADPOOL_SIZE: after });
});

test.each([
  [1, undefined, '16'],
  [64, undefined, '67'],
  [1, '32', '32'],
])('the pool is sized for %d threads, at least 16, with UV_THREADPOOL_SIZE=%s', (threads, before, after) => {
  const environment = before === undefined ? {} : { UV_THREADPOOL_SIZE: before };
  reserveThreads(threads, 16, environment);
  expect(environment).toEqual({ UV_THREADPOOL_SIZE: after });
});

test.each([
  [['love', 'file'], 1],
  [['--threads', '3', 'love', 'file'], 3],
  [['--threads', '3', '--threads=5', 'love', 'file'], 5],
  [['love', 'file', '--threads', 'x'], 1],
  [['--nonsense', '--threads', '3'], 1],
  [['--', '--threads', '3'], 1],
])('%j asks for %d threads', (args, threads) => {
  expect(threadsWanted(args, count.options)).toBe(threads);
});

test('--threads beside an option that only wc has is read with the options of wc', () => {
  const args = ['--words', '9.5', '--threads', '3', 'file'];
  expect(threadsWanted(args, wc.options)).toBe(3);
  expect(threadsWanted(args, count.options)).toBe(1);
});
