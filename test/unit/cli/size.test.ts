import { expect, test } from 'vitest';

import { parseSize } from '../../../src/cli/size.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

test.each([
  ['1', 1],
  ['4096', 4096],
  ['007', 7],
  ['64K', 65_536],
  ['64k', 65_536],
  ['64KB', 65_536],
  ['64KiB', 65_536],
  ['16M', 2 ** 24],
  ['16MiB', 2 ** 24],
  ['1G', 2 ** 30],
  ['3T', 3 * 2 ** 40],
  ['100B', 100],
  ['9007199254740991', 2 ** 53 - 1],
  ['8191T', 8191 * 2 ** 40],
])('%s is %d bytes', (text, size) => {
  expect(parseSize(text, '--block-size')).toBe(size);
});

test.each([
  '',
  '0',
  '0K',
  '000',
  'K',
  '-1',
  '+1',
  '1.5M',
  '1e6',
  '0x10',
  '10 K',
  ' 10',
  '10\n',
  '10P',
  '10Kb b',
  'ten',
  'Infinity',
  '9007199254740992',
  '8192T',
  '1'.repeat(30),
])("'%s' is refused", (text) => {
  const shown = text.replace('\n', '\\x0a');
  const message = `--block-size: '${shown}' is not a size; give a number of bytes such as 4096, 64K, 16M or 1G`;
  expect(() => parseSize(text, '--block-size')).toThrow(new UsageError(message));
  expect(() => parseSize(text, '--block-size')).toThrow(UsageError);
});

test('the message quotes a refused size as it was typed', () => {
  // Arguments come as a character for each byte.
  const typed = Buffer.from('4 Ko, 4 é').toString('latin1');
  expect(() => parseSize(typed, '--block-size')).toThrow("--block-size: '4 Ko, 4 é' is not a size;");
});
