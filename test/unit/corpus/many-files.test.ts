import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { checkFiles } from '../../../src/corpus/check-files.ts';

// Files are numbers, and what is found is their number.

/** How often it was looked now, and how many of the others were under way at once at most. */
class Looking {
  now = 0;
  most = 0;
  #underWay = 0;
  readonly #bad: number;

  /** @param bad The first one of those that cannot be looked at. */
  constructor(bad = Infinity) {
    this.#bad = bad;
  }

  readonly lookup = {
    sync: (file: number) => {
      this.now += 1;
      return this.#find(file);
    },
    async: async (file: number) => {
      this.#underWay += 1;
      this.most = Math.max(this.most, this.#underWay);
      // The later ones of three are there sooner.
      for (let turns = 3 - (file % 3); turns > 0; turns -= 1) await new Promise(setImmediate);
      this.#underWay -= 1;
      return this.#find(file);
    },
  };

  #find(file: number): number {
    if (file >= this.#bad) throw new RangeError(`file ${file}`);
    return file;
  }
}

const always = 0; // no lookup is quicker
const never = Infinity;
const upTo = (length: number) => Array.from({ length }, (_, index) => index);

describe('looking at many files', () => {
  test.each([always, never])('takes all, in order, when %d ms are slow', async (slowFrom) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(700), async (length) => {
        const found: number[] = [];
        await checkFiles(upTo(length), new Looking().lookup, (file) => found.push(file), slowFrom);
        expect(found).toEqual(upTo(length));
      }),
      { numRuns: 30 },
    );
  });

  test('is done for one after the other where that is quick', async () => {
    const looking = new Looking();
    await checkFiles(upTo(1000), looking.lookup, () => undefined, never);
    expect(looking).toMatchObject({ now: 1000, most: 0 });
  });

  test('is done for many at once where that is slow, and for a few now and then to see whether it still is', async () => {
    const looking = new Looking();
    await checkFiles(upTo(1000), looking.lookup, () => undefined, always);
    expect(looking).toMatchObject({ now: 32, most: 256 }); // 8 + 256 + 8 + 256 + 8 + 256 + 8 + 200
  });

  // Among the first few, in the middle of many, and the last of all.
  test.each([0, 7, 8, 100, 263, 264, 999])('fails for the first file that is bad: %d of 1000', async (bad) => {
    for (const slowFrom of [always, never]) {
      const found: number[] = [];
      const looking = checkFiles(upTo(1000), new Looking(bad).lookup, (file) => found.push(file), slowFrom);
      await expect(looking).rejects.toThrow(new RangeError(`file ${bad}`));
      expect(found).toEqual(upTo(bad));
    }
  });
});
