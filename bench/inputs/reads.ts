import type { Dice } from './dice.ts';

const bases = 'ACGT';
const [before, after] = ['ACCG', 'GTTTTAGAGCTAGAAATAGCAAGTTAAAATAAGGCTAGTCCGTTATCAACTT'];

/** Makes so many different guides. */
export function makeGuides(size: number, dice: Dice, length = 20): string[] {
  const guides = new Set<string>();
  while (guides.size < size) guides.add(sequence(length, dice));
  return [...guides];
}

/** Makes about so many bytes of FASTQ: reads with a guide between constant ends, some of them misread. */
export function* reads(guides: readonly string[], bytes: number, dice: Dice): Generator<Uint8Array> {
  for (let [written, number] = [0, 1]; written < bytes; number += 1) {
    const read = before + dice.pick(guides) + after;
    // Qualities have none of the letters of bases.
    const quality = Array.from(read, () => dice.pick('FFFFFF:,#')).join('');
    const shown = dice.chance(0.1) ? misread(read, dice) : read;
    const lines = Buffer.from(`@M:1:FC:1:${number} 1:N:0:1\n${shown}\n+\n${quality}\n`);
    written += lines.length;
    yield lines;
  }
}

export function sequence(length: number, dice: Dice): string {
  return Array.from({ length }, () => dice.pick(bases)).join('');
}

function misread(read: string, dice: Dice): string {
  const at = dice.below(read.length);
  return `${read.slice(0, at)}N${read.slice(at + 1)}`;
}
