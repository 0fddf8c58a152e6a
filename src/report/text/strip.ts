import { countsAlong, type Dispersion } from '../dispersion.ts';

const levels = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/** What a strip shows where nothing is counted yet. */
export const notCounted = '░';

/**
 * Returns the strip of a counter: where along the corpus it occurs. A blank is a part of the corpus without an occurrence; the higher the
 * bar, the more occurrences for each byte that is counted, up to the part with the most.
 * @param columns The largest number of characters.
 */
export function stripOf(dispersion: Dispersion, counter: number, columns: number): string {
  const { parts, bytesDone } = dispersion;
  const counts = countsAlong(dispersion, counter);
  const width = Math.min(columns, parts);
  const cells = Array.from({ length: width }, (_, column) => {
    const [first, end] = [Math.floor((column * parts) / width), Math.floor(((column + 1) * parts) / width)];
    return { bytes: sum(bytesDone.subarray(first, end)), count: sum(counts.subarray(first, end)) };
  });
  const densities = cells.map(({ bytes, count }) => (bytes > 0 ? count / bytes : 0));
  const most = Math.max(...densities);
  return cells.map(({ bytes }, column) => (bytes > 0 ? bar(densities[column] ?? 0, most) : notCounted)).join('');
}

function bar(density: number, most: number): string {
  return density === 0
    ? ' '
    : (levels[Math.min(levels.length - 1, Math.floor((density / most) * levels.length))] ?? '');
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((total, number) => total + number, 0);
}
