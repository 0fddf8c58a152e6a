import { expect, test } from 'vitest';

import { oneLine } from '../../../src/cli/one-line.ts';

test.each([
  ['plain text', 'plain text'],
  ['two\nlines', 'two | lines'],
  ['indented\n    lines\n', 'indented | lines | '],
  ['\x1b[31mred\r', '\\x1b[31mred\\x0d'],
  ['x'.repeat(4095), 'x'.repeat(4095)],
])('%j is printed as one line', (message, line) => {
  expect(oneLine(message)).toBe(line);
});

test('a line that is too long loses its middle', () => {
  const message = `begin ${'x'.repeat(10_000)} end`;
  const line = oneLine(message);
  expect(line).toHaveLength(4093); // the ellipsis has 3 bytes
  expect(line).toMatch(/^begin x{2039} … x{2041} end$/);
});

test.each(['é', '愛', '😀'])('shortening keeps characters whole: %s', (character) => {
  for (let shift = 0; shift < 4; shift += 1) {
    const line = oneLine('a'.repeat(shift) + character.repeat(3000) + 'z');
    expect(line).toMatch(new RegExp(`^a{${shift}}(?:${character})+ … (?:${character})+z$`, 'u'));
    const bytes = Buffer.byteLength(line);
    expect(bytes).toBeLessThanOrEqual(4095);
    expect(bytes).toBeGreaterThan(4095 - 2 * Buffer.byteLength(character));
  }
});
