import { shownBytes } from './units.ts';

/** Describes the rates of ranks, in bytes per second. */
export function shownRates(rates: readonly number[]): string {
  const [least = '', median = '', most = ''] = [0, 0.5, 1].map((share) => `${shownBytes(quantile(rates, share))}/s`);
  return `of a rank: least ${least}, median ${median}, most ${most}`;
}

/** Returns the median of some numbers, of an even number of them the lower one in the middle; 0 of none. */
export function lowerMedian(numbers: readonly number[]): number {
  return quantile(numbers, 0.5);
}

/** Returns the number below or at which a share of the numbers is; 0 of none. @param share From 0, for the least, to 1, for the most. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}
