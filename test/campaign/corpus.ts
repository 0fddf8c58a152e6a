import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { referenceCounts, type ReferenceOptions } from '../search/reference.ts';
import { prose } from '../support/text.ts';
import type { Dice } from './dice.ts';
import { cutText, layouts, packText, type LayoutName } from './pack.ts';

/** Something to count, and what comes out. */
export interface Question {
  readonly files: readonly string[];
  /** How each file is stored. */
  readonly layouts: readonly LayoutName[];
  /** The size of all files, as they are stored. */
  readonly bytes: number;
  readonly options: ReferenceOptions;
  readonly patterns: readonly string[];
  readonly blockSize: number;
  /** What an undisturbed count prints. Not counted by mpicount. */
  readonly totals: string;
}

const words = ['love', 'ove', 'aa', 'abab', 'aba', 'é', 'n', ' and ', 'любовь', 'mist', 'kelvin', 'x1', 'no such', 'a'];

export function makeQuestion(folder: string, dice: Dice): Question {
  const contents = cutText(makeText(dice.size(5000, 200_000), dice), dice.integer(1, 5), dice);
  const isPlain = dice.chance(0.3);
  const stored = contents.map((content) => {
    const layout = isPlain || content.length === 0 ? 'plain' : dice.pick(layouts);
    const units = packText(content, layout, dice);
    return {
      layout,
      text: Buffer.concat(units.map(({ text }) => text)),
      bytes: Buffer.concat(units.map((unit) => unit.stored)),
    };
  });
  const files = stored.map((file, index) => {
    const path = join(folder, `text ${index}`);
    writeFileSync(path, file.bytes);
    return path;
  });
  const bytes = stored.reduce((sum, file) => sum + file.bytes.length, 0);
  const blockSize = Math.ceil(bytes / dice.size(5, 400));
  const options = { ignoreCase: dice.chance(0.4), word: dice.chance(0.3), overlapping: dice.chance(0.3) };
  const patterns = dice.some(words, 5);
  const counts = patterns.map((pattern) =>
    stored.reduce((sum, { text }) => sum + (referenceCounts(text, [Buffer.from(pattern)], options)[0] ?? 0n), 0n),
  );
  if (!Object.values(options).includes(true)) {
    const texts = stored.map(({ text }) => text);
    confirm(folder, texts, patterns, counts);
  }
  const totals = patterns.map((pattern, index) => `${counts[index]!}\t${pattern}\n`).join('');
  return { files, layouts: stored.map(({ layout }) => layout), bytes, options, patterns, blockSize, totals };
}

/** Returns whether blocks begin with guesses, which may have to be counted again. */
export function isDivided({ layouts }: Question): boolean {
  return layouts.some((layout) => layout !== 'plain');
}

/** Prose; sometimes with patterns that go on for many blocks, sometimes not quite UTF-8. */
function makeText(bytes: number, dice: Dice): Buffer {
  const text = prose(bytes, dice.integer(1, 1e9));
  for (let runs = dice.integer(0, 3); runs > 0; runs -= 1) {
    const start = dice.integer(0, text.length);
    text.fill(dice.pick(['ab', 'a', 'love']), start, Math.min(text.length, start + dice.size(10, 5000)));
  }
  if (dice.chance(0.3)) {
    for (let index = 0; index < text.length; index += dice.integer(1, 200)) text[index] = dice.integer(0, 255);
  }
  return text;
}

/** That GNU grep counts the same, where it means the same. */
function confirm(
  folder: string,
  texts: readonly Buffer[],
  patterns: readonly string[],
  counts: readonly bigint[],
): void {
  const plain = texts.map((text, index) => {
    const path = join(folder, `plain ${index}`);
    writeFileSync(path, text);
    return path;
  });
  patterns.forEach((pattern, index) => {
    const script = 'grep -a -o -h -F -e "$0" -- "$@" | wc -l';
    const found = execFileSync('sh', ['-c', script, pattern, ...plain], { env: { ...process.env, LC_ALL: 'C' } });
    if (BigInt(found.toString()) === counts[index]) return;
    throw new Error(`'${pattern}': the reference counts ${counts[index]!}, grep ${found.toString().trim()}`);
  });
}
