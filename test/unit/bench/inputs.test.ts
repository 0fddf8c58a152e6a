import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

import { Inputs, type Input, type Scale } from '../../../bench/inputs/inputs.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const tiny: Scale = {
  name: 'tiny',
  text: 200_000,
  copies: { text: 1, part: 2, large: 3, larger: 4, largest: 5 },
  files: 10,
  words: 5000,
  lists: 0.01,
};

test('inputs are the same wherever they are made', () => {
  const [one, other] = ['one', 'other'].map((name) => new Inputs(join(folder, name), tiny));
  expect(readFileSync(one!.prose('text').path)).toEqual(readFileSync(other!.prose('text').path));
  expect(readFileSync(one!.list(10_000))).toEqual(readFileSync(other!.list(10_000)));
});

test('inputs that are there are kept, and those that were cut off are made again', () => {
  const inputs = new Inputs(join(folder, 'kept'), tiny);
  mkdirSync(join(folder, 'kept', 'tiny-2'), { recursive: true });
  writeFileSync(join(folder, 'kept', 'tiny-2', 'english-text.txt.new'), 'cut of');
  writeFileSync(join(folder, 'kept', 'tiny-2', 'chinese-text.txt'), 'kept\n');
  expect(inputs.prose('text').bytes).toBeGreaterThan(200_000);
  expect(readFileSync(inputs.chinese('large').path, 'utf8')).toBe('kept\n'.repeat(3));
});

test('the text is like English, and the line has no end', () => {
  const inputs = new Inputs(join(folder, 'english'), tiny);
  const text = readFileSync(inputs.prose('text').path, 'latin1');
  const share = (pattern: RegExp) => (text.match(pattern) ?? []).length / text.length;
  expect(share(/e/g)).toBeCloseTo(0.11, 1);
  expect(share(/\n/g)).toBeCloseTo(1 / 60, 2);
  expect(share(/love/gi) * 1e6).toBeGreaterThan(100);
  expect(share(/love/gi) * 1e6).toBeLessThan(300);
  const line = readFileSync(inputs.line().path, 'latin1');
  expect(line).toBe(text.replaceAll('\n', ' ').repeat(3));
});

test.each([
  ['words', (inputs: Inputs) => [inputs.prose('text'), inputs.list(10_000)], 100],
  ['ends of sentences', (inputs: Inputs) => [inputs.prose('text'), inputs.sentenceEnds(100_000)], 1000],
  ['guides', (inputs: Inputs) => [inputs.readsOf(10_000, 20, 'text'), inputs.sequences(10_000, 20)], 100],
  ['barcodes', (inputs: Inputs) => [inputs.readsOf(10_000, 8, 'text'), inputs.sequences(10_000, 8)], 100],
  ['identifiers', (inputs: Inputs) => [inputs.log(10_000, 'text'), inputs.identifiers(10_000)], 100],
] as const)('no two patterns of a list overlap in the text: %s', (name, make, size) => {
  const [input, list] = make(new Inputs(join(folder, name), tiny)) as [Input, string];
  const text = readFileSync(input.path, 'latin1').toLowerCase();
  const patterns = readFileSync(list, 'latin1').trimEnd().toLowerCase().split('\n');
  expect(patterns).toHaveLength(size);
  const each = patterns.reduce((sum, pattern) => sum + text.split(pattern).length - 1, 0);
  const escaped = patterns.map((pattern) => pattern.replaceAll(/[.?]/g, String.raw`\$&`));
  const together = text.match(new RegExp(escaped.join('|'), 'g')) ?? [];
  expect(each).toBe(together.length);
  expect(each).toBeGreaterThan(0);
});
