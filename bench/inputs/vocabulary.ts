import type { Dice } from './dice.ts';
import { MadeUpWords } from './made-up-words.ts';

/** Words, and how often they come: the most frequent first, then the planted ones. */
export interface Vocabulary {
  readonly words: readonly string[];
  /** A word by chance, as often as it should come. */
  readonly draw: (dice: Dice) => string;
}

/** How often each planted word comes, in a million bytes. */
export type Planted = Readonly<Record<string, number>>;

/** Real words, then made-up ones like them, until there are enough; none has a planted word in it. */
export function vocabularyOfWords(real: readonly string[], planted: Planted, size: number, dice: Dice): Vocabulary {
  const makeUp = new MadeUpWords(real);
  const words = new Set(real);
  const names = Object.keys(planted);
  while (words.size < size) {
    const word = makeUp.next(dice);
    if (!names.some((name) => word.includes(name))) words.add(word);
  }
  return vocabulary([...words], planted, 1.2);
}

/** Real characters, then rare ones, as words of their own. */
export function vocabularyOfCharacters(real: string, planted: Planted, size: number): Vocabulary {
  const characters = new Set(real);
  const inPlanted = new Set(Object.keys(planted).join(''));
  for (let code = 0x4e00; characters.size < size; code += 7) {
    const character = String.fromCodePoint(code);
    if (!inPlanted.has(character)) characters.add(character);
  }
  return vocabulary([...characters], planted, 0.3);
}

/** @param between Bytes between two words, on average. */
function vocabulary(ranked: readonly string[], planted: Planted, between: number): Vocabulary {
  const weights = ranked.map((_, index) => 1 / (index + 1.5)); // Zipf's law
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const bytes = ranked.reduce((sum, word, index) => sum + Buffer.byteLength(word) * (weights[index] ?? 0), 0) / total;
  const plantedWeights = Object.values(planted).map((rate) => (rate * (bytes + between) * total) / 1e6);
  const words = [...ranked, ...Object.keys(planted)];
  const draw = drawByWeight([...weights, ...plantedWeights]);
  return { words, draw: (dice) => words[draw(dice)] ?? '' };
}

/** Draws an index by weight, however many there are, in constant time (the alias method). */
function drawByWeight(weights: readonly number[]): (dice: Dice) => number {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  const share = Float64Array.from(weights, (weight) => weight / mean);
  const alias = Int32Array.from(weights, (_, index) => index);
  const [small, large] = [[] as number[], [] as number[]];
  share.forEach((value, index) => (value < 1 ? small : large).push(index));
  for (;;) {
    const [poor, rich] = [small.pop(), large.pop()];
    if (poor === undefined || rich === undefined) break;
    alias[poor] = rich;
    share[rich] = (share[rich] ?? 0) + (share[poor] ?? 0) - 1;
    ((share[rich] ?? 0) < 1 ? small : large).push(rich);
  }
  return (dice) => {
    const index = dice.below(weights.length);
    return dice.fraction() < (share[index] ?? 1) ? index : (alias[index] ?? index);
  };
}
