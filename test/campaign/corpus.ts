import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';
import { referenceCounts } from '../search/reference.ts';
import { prose } from '../support/text.ts';
import type { Dice } from './dice.ts';
import { cutText, layouts, packExactly, packText, type LayoutName } from './pack.ts';

/** Something to count, and what comes out. */
export interface Question {
  readonly files: readonly string[];
  /** How each file is stored. */
  readonly layouts: readonly LayoutName[];
  /** The size of all files, as they are stored. */
  readonly bytes: number;
  readonly blockSize: number;
  /** The options and patterns of the command line. */
  readonly args: readonly string[];
  /** What an undisturbed count prints. Not counted by mpicount. */
  readonly rows: string;
  /** The same as JSON has it, without groups. */
  readonly totals: readonly PatternTotals[];
  /** Further fields of result.json. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** The status of an undisturbed count: 6 if lines are left out as asked. */
  readonly status: 0 | 6;
}

export interface PatternTotals {
  readonly id?: string;
  readonly pattern: string;
  readonly count: number;
  readonly records?: number;
}

const words = ['love', 'ove', 'aa', 'abab', 'aba', 'é', 'n', ' and ', 'любовь', 'mist', 'kelvin', 'x1', 'no such', 'a'];

/** Makes a question about occurrences alone, or about records and groups, too. */
export function makeQuestion(folder: string, dice: Dice): Question {
  return dice.chance(0.4) ? occurrencesQuestion(folder, dice) : recordsQuestion(folder, dice);
}

function occurrencesQuestion(folder: string, dice: Dice): Question {
  const contents = cutText(makeText(dice.size(5000, 200_000), dice), dice.integer(1, 5), dice);
  const named = contents.map((text, index) => ({ name: `text ${index}`, text }));
  const { corpus, texts } = store(folder, named, dice, packText);
  const options = { ignoreCase: dice.chance(0.4), word: dice.chance(0.3), overlapping: dice.chance(0.3) };
  const patterns = dice.some(words, 5);
  const counts = patterns.map((pattern) =>
    texts.reduce((sum, text) => sum + (referenceCounts(text, [Buffer.from(pattern)], options)[0] ?? 0n), 0n),
  );
  if (!Object.values(options).includes(true)) confirm(folder, texts, patterns, counts);
  const totals = patterns.map((pattern, index) => ({ pattern, count: Number(counts[index]) }));
  const rows = totals.map(({ pattern, count }) => `${count}\t${pattern}\n`).join('');
  const letters = { ignoreCase: '-i', word: '-w', overlapping: '--overlapping' } as const;
  const chosen = Object.entries(letters).flatMap(([name, letter]) =>
    options[name as keyof typeof letters] ? [letter] : [],
  );
  const args = [...chosen, ...patterns.flatMap((pattern) => ['-e', pattern])];
  return { ...corpus, args, rows, totals, fields: { ...options, complete: true }, status: 0 };
}

/** The output of questions.py. Texts are in Base64. */
interface MadeQuestion {
  readonly args: readonly string[];
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly patterns: readonly string[];
  readonly ids?: readonly string[];
  readonly rows: string;
  /** The number of occurrences of each pattern and, if records are counted, of the records that contain it. */
  readonly totals: readonly (readonly [number, number?])[];
  readonly records?: number;
  readonly invalid: number;
  readonly result: Readonly<Record<string, unknown>>;
}

/** A question whose texts and answer come from a reference in Python. */
function recordsQuestion(folder: string, dice: Dice): Question {
  const script = join(packageRoot, 'test', 'campaign', 'questions.py');
  const [seed, size] = [dice.integer(0, 1e9), dice.size(2000, 100_000)];
  const made = execFileSync('python3', [script, String(seed), String(size), folder], { maxBuffer: 2 ** 28 });
  const { args, files, patterns, ids, rows, totals, records, invalid, result } = JSON.parse(
    made.toString(),
  ) as MadeQuestion;
  const named = files.map(({ name, text }) => ({ name, text: Buffer.from(text, 'base64') }));
  const { corpus } = store(folder, named, dice, packExactly);
  const list = join(folder, 'patterns');
  writeFileSync(list, patterns.map((pattern, index) => `${ids ? `${ids[index]!}\t` : ''}${pattern}\n`).join(''));
  return {
    ...corpus,
    args: [...args, ...(ids ? ['--ids'] : []), '-f', list, ...(dice.chance(0.3) ? ['--threads', '2'] : [])],
    rows,
    totals: patterns.map((pattern, index) => {
      const [count, inRecords] = totals[index]!;
      return {
        ...(ids && { id: ids[index]! }),
        pattern,
        count,
        ...(inRecords !== undefined && { records: inRecords }),
      };
    }),
    fields: { ...result, complete: invalid === 0, ...(records !== undefined && { records }) },
    status: invalid === 0 ? 0 : 6,
  };
}

interface NamedText {
  readonly name: string;
  readonly text: Buffer;
}

/** Writes texts to files, some of them packed, and returns the texts with what packing adds to them. */
function store(folder: string, texts: readonly NamedText[], dice: Dice, pack: typeof packText) {
  const isPlain = dice.chance(0.3);
  const stored = texts.map(({ name, text: content }) => {
    const layout = isPlain || content.length === 0 ? 'plain' : dice.pick(layouts);
    const units = pack(content, layout, dice);
    const bytes = Buffer.concat(units.map((unit) => unit.stored));
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return { layout, path, text: Buffer.concat(units.map(({ text }) => text)), bytes: bytes.length };
  });
  const bytes = stored.reduce((sum, file) => sum + file.bytes, 0);
  const corpus = {
    files: stored.map(({ path }) => path),
    layouts: stored.map(({ layout }) => layout),
    bytes,
    blockSize: Math.max(1, Math.ceil(bytes / dice.size(5, 400))),
  };
  return { corpus, texts: stored.map(({ text }) => text) };
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
