import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { referenceCounts, type ReferenceOptions } from '../search/reference.ts';
import { prose } from '../support/text.ts';
import type { Dice } from './dice.ts';

/** Something to count, and what comes out. */
export interface Question {
  readonly files: readonly string[];
  readonly bytes: number;
  readonly options: ReferenceOptions;
  readonly patterns: readonly string[];
  readonly blockSize: number;
  /** What an undisturbed count prints. Not counted by mpicount. */
  readonly totals: string;
}

const words = ['love', 'ove', 'aa', 'abab', 'aba', 'é', 'n', ' and ', 'любовь', 'mist', 'kelvin', 'x1', 'no such', 'a'];

export function makeQuestion(folder: string, dice: Dice): Question {
  const bytes = dice.size(5000, 200_000);
  const blockSize = Math.ceil(bytes / dice.size(5, 400));
  const contents = cut(makeText(bytes, dice), dice);
  const files = contents.map((content, index) => {
    const path = join(folder, `text ${index}.txt`);
    writeFileSync(path, content);
    return path;
  });
  const options = { ignoreCase: dice.chance(0.4), word: dice.chance(0.3), overlapping: dice.chance(0.3) };
  const patterns = dice.some(words, 5);
  const counts = patterns.map((pattern) =>
    contents.reduce((sum, text) => sum + (referenceCounts(text, [Buffer.from(pattern)], options)[0] ?? 0n), 0n),
  );
  if (!Object.values(options).includes(true)) confirm(patterns, counts, files);
  const totals = patterns.map((pattern, index) => `${counts[index]!}\t${pattern}\n`).join('');
  return { files, bytes: contents.reduce((sum, { length }) => sum + length, 0), options, patterns, blockSize, totals };
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

/** Into one to five files, some of them perhaps empty. */
function cut(text: Buffer, dice: Dice): Buffer[] {
  const cuts = Array.from({ length: dice.integer(0, 4) }, () => dice.integer(0, text.length));
  const bounds = [0, ...cuts, text.length].sort((a, b) => a - b);
  return bounds.slice(1).map((end, index) => text.subarray(bounds[index], end));
}

/** That GNU grep counts the same, where it means the same. */
function confirm(patterns: readonly string[], counts: readonly bigint[], files: readonly string[]): void {
  patterns.forEach((pattern, index) => {
    const script = 'grep -a -o -h -F -e "$0" -- "$@" | wc -l';
    const found = execFileSync('sh', ['-c', script, pattern, ...files], { env: { ...process.env, LC_ALL: 'C' } });
    if (BigInt(found.toString()) === counts[index]) return;
    throw new Error(`'${pattern}': the reference counts ${counts[index]!}, grep ${found.toString().trim()}`);
  });
}
