import type { Dice } from './dice.ts';
import { sequence } from './reads.ts';
import type { Vocabulary } from './vocabulary.ts';

// Lists of a hundred thousand patterns and more, and texts in which no two of them overlap: so the total is the same for programs that count
// each on its own and for those that go through the text once and take what comes first.

/**
 * The ends of sentences: a space, four words, and the stop. Half of them are from the text, as far as it has so many, and the others are like
 * them. Two that overlap would end at the same stop, and begin with the same space.
 */
export function sentenceEnds(text: string, { words }: Vocabulary, size: number, dice: Dice): string[] {
  const ends = new Set<string>();
  for (const [end] of text.matchAll(/(?: [^ .?!;\n]+){4}[.?!;]/g)) {
    if (ends.size === Math.floor(size / 2)) break;
    ends.add(end);
  }
  while (ends.size < size) {
    const four = Array.from({ length: 4 }, () => dice.pick(words)).join(' ');
    ends.add(` ${four}${dice.pick('.?!;')}`);
  }
  return [...ends];
}

/** Makes about so many bytes of reads, one a line, each with one listed sequence among others: reads with more are made anew. */
export function* readsOf(listed: readonly string[], bytes: number, dice: Dice): Generator<Uint8Array> {
  const known = new Set(listed);
  const length = listed[0]?.length ?? 0;
  const countIn = (read: string) => {
    let count = 0;
    for (let at = 0; at + length <= read.length; at += 1) if (known.has(read.slice(at, at + length))) count += 1;
    return count;
  };
  for (let written = 0; written < bytes;) {
    const read = `ACCG${dice.pick(listed)}${sequence(32, dice)}`;
    if (countIn(read) > 1) continue;
    const line = Buffer.from(`${read}\n`);
    written += line.length;
    yield line;
  }
}

/** Makes identifiers that have long prefixes in common, and the same length where they do, so that none is a prefix of another. */
export function identifiers({ words }: Vocabulary, size: number, dice: Dice): string[] {
  const packages = Array.from({ length: 20 }, () => `org.example.${dice.pick(words)}.${dice.pick(words)}`);
  const all = new Set<string>();
  while (all.size < size)
    all.add(`${dice.pick(packages)}.Service${1000 + dice.below(9000)}.call${1000 + dice.below(9000)}`);
  return [...all];
}

/** Makes about so many bytes of a log, with an identifier in each line. */
export function* logLines(all: readonly string[], bytes: number, dice: Dice): Generator<Uint8Array> {
  for (let written = 0; written < bytes;) {
    const line = Buffer.from(`INFO  ${dice.pick(all)} took ${dice.below(5000)} us\n`);
    written += line.length;
    yield line;
  }
}
