import type { Dice } from './dice.ts';

const end = '\n';

/** Makes words that look like the given ones: each letter is one that follows the two before it in one of them. */
export class MadeUpWords {
  readonly #following = new Map<string, string>();

  constructor(examples: readonly string[]) {
    for (const word of examples) {
      const letters = `^^${word}${end}`;
      for (let index = 2; index < letters.length; index += 1) {
        const before = letters.slice(index - 2, index);
        this.#following.set(before, (this.#following.get(before) ?? '') + letters.charAt(index));
      }
    }
  }

  next(dice: Dice): string {
    for (;;) {
      let letters = '^^';
      while (!letters.endsWith(end)) letters += dice.pick(this.#following.get(letters.slice(-2)) ?? end);
      const word = letters.slice(2, -1);
      if (word.length >= 3 && word.length <= 16) return word;
    }
  }
}
