import { expect, test } from 'vitest';

import { formatResult } from '../../../src/cli/format.ts';
import { resultJson, type Result } from '../../../src/job/result.ts';
import { countSpec, countTotals } from '../../support/spec.ts';

const result: Result = {
  spec: countSpec(['love', Buffer.of(0xe9, 0x00, 0x09), '-e', 'любовь']),
  input: { files: [], streams: [], bytes: 0 },
  files: 0,
  bytes: 0,
  ranks: 1,
  seconds: 0.5,
  totals: countTotals(677n, 0n, 2n ** 64n - 1n, 2n ** 53n + 1n),
  notes: [],
};

test('--format text prints one line per pattern, with its bytes and its exact count', () => {
  const lines = ['677\tlove\n', '0\t\xe9\0\t\n', '18446744073709551615\t-e\n'].map((line) =>
    Buffer.from(line, 'latin1'),
  );
  const expected = Buffer.concat([...lines, Buffer.from('9007199254740993\tлюбовь\n')]);
  expect(formatResult(result, 'text').equals(expected)).toBe(true);
});

test('--format json prints the content of result.json', () => {
  expect(formatResult(result, 'json').toString()).toBe(resultJson(result));
});
