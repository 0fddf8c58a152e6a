import { randomNumbers } from '../support/text.ts';

/** Random decisions, the same ones for the same numbers. */
export class Dice {
  readonly #next: () => number;

  /** @param numbers Each combination of them gives decisions of its own. */
  constructor(...numbers: readonly number[]) {
    let seed = 0;
    for (const number of numbers) seed = randomNumbers(seed ^ number)();
    this.#next = randomNumbers(seed);
  }

  /** In [0, 1). */
  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  /** An integer in [from, to]. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.fraction() * (to - from + 1));
  }

  /** As integer(), with small ones as likely as ten times as large ones. */
  size(from: number, to: number): number {
    return Math.round(from * (to / from) ** this.fraction());
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(0, list.length - 1)]!;
  }

  /** Different ones, at least one and at most so many. */
  some<T>(list: readonly T[], most = list.length): T[] {
    const left = [...list];
    const count = this.integer(1, Math.min(most, list.length));
    return Array.from({ length: count }, () => left.splice(this.integer(0, left.length - 1), 1)[0]!);
  }
}
