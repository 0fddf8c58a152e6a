import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, expect, test } from 'vitest';

import { compilePatterns } from '../../src/scan/patterns.ts';
import { temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

/** Returns different characters without cases. */
function charactersOf(count: number): string[] {
  const characters: string[] = [];
  for (let codePoint = 0x3400; characters.length < count; codePoint += 1) {
    if (codePoint === 0xd800) codePoint = 0xe000;
    const character = String.fromCodePoint(codePoint);
    if (character.toLowerCase() === character && character.toUpperCase() === character) characters.push(character);
  }
  return characters;
}

// The numbers of different characters take one byte, two or four (native/match/folded_patterns.h).
test.each([200, 300, 70_000])('patterns with %d different characters are told apart', async (count) => {
  const different = charactersOf(count);
  const patterns = different.map((character) => Buffer.from(`${character}x`));
  const text = Buffer.from(different.map((character, index) => `${character}X `.repeat(index % 3)).join(''));
  const path = join(folder, `text-${count}`);
  writeFileSync(path, text);
  const fd = openSync(path, 'r');
  const scanner = compilePatterns(patterns, { ignoreCase: true, word: false, overlapping: false });
  const { counts } = await scanner.countFileRange(fd, text.length, 0, text.length, {
    windowSize: 65_536,
    chunk: 65_536,
  });
  closeSync(fd);
  expect(counts).toEqual(BigUint64Array.from(different, (_, index) => BigInt(index % 3)));
});
