import type { Dice } from './dice.ts';
import { MadeUpWords } from './made-up-words.ts';

const fits = (word: string) => word.length >= 4 && word.length <= 14;

/**
 * A list of words to be counted, as people have them: some that are frequent, many that are not, a few that are not there.
 * Nowhere in the text do two of them overlap: so the total is the same for programs that count each on its own and for
 * those that go through the text once and take what comes first.
 */
export function patternList(
  vocabulary: readonly string[],
  first: readonly string[],
  size: number,
  dice: Dice,
): string[] {
  const makeUp = new MadeUpWords(vocabulary.slice(0, 400));
  const candidates = new Set(first);
  // Many will be dropped.
  while (candidates.size < size * 2.5 + 10) {
    const word = candidate(vocabulary, makeUp, dice);
    if (fits(word)) candidates.add(word);
  }
  const list = withoutOverlaps(candidates, vocabulary).slice(0, size);
  if (list.length < size) throw new Error(`a list of ${size} patterns came to ${list.length}`);
  return list;
}

function candidate(vocabulary: readonly string[], makeUp: MadeUpWords, dice: Dice): string {
  const kind = dice.fraction();
  if (kind < 0.05) return makeUp.next(dice);
  if (kind > 0.2) return dice.pick(vocabulary);
  // As many between ranks 2 and 4 as between 2048 and 4096.
  const octave = 2 ** dice.below(Math.floor(Math.log2(vocabulary.length)));
  return vocabulary[octave + dice.below(octave)] ?? '';
}

/** Words are what text consists of: two patterns overlap in the text only if they do in one of them. */
function withoutOverlaps(patterns: Iterable<string>, vocabulary: readonly string[]): string[] {
  const kept = new Set(patterns);
  for (const word of vocabulary) {
    let free = 0; // the first letter after the occurrence before
    let last = '';
    for (const { start, pattern } of occurrences(word, kept)) {
      if (start < free && pattern !== last) kept.delete(pattern);
      if (!kept.has(pattern)) continue;
      free = Math.max(free, start + pattern.length);
      last = pattern;
    }
  }
  return [...kept];
}

function occurrences(word: string, patterns: ReadonlySet<string>): { start: number; pattern: string }[] {
  const found: { start: number; pattern: string }[] = [];
  for (let start = 0; start < word.length; start += 1) {
    for (let length = 4; length <= 14 && start + length <= word.length; length += 1) {
      const pattern = word.slice(start, start + length);
      if (patterns.has(pattern)) found.push({ start, pattern });
    }
  }
  return found;
}
