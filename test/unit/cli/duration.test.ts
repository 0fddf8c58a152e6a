import { expect, test } from 'vitest';

import { parseDuration } from '../../../src/cli/duration.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

test.each([
  ['90', 90],
  ['90s', 90],
  ['0.5', 0.5],
  ['15m', 900],
  ['1.5h', 5400],
  ['2h', 7200],
  ['1d', 86_400],
])('%s is %d seconds', (text, seconds) => {
  expect(parseDuration(text, '--time-limit')).toBe(seconds);
});

test.each(['', '0', '0.0h', '-1', 's', '.5', '1.', '1,5', '1w', '1 h', '1H', '1h30m', '01:30:00', 'NaN', '1e3'])(
  "'%s' is refused",
  (text) => {
    const message = `--time-limit: '${text}' is not a time; give one such as 90s, 15m, 2h or 1d`;
    expect(() => parseDuration(text, '--time-limit')).toThrow(UsageError);
    expect(() => parseDuration(text, '--time-limit')).toThrow(new UsageError(message));
  },
);

test('the message quotes a refused duration as it was typed', () => {
  // Arguments come as a character for each byte.
  const typed = Buffer.from('2 Std. für alles').toString('latin1');
  expect(() => parseDuration(typed, '--time-limit')).toThrow("--time-limit: '2 Std. für alles' is not a time;");
});
