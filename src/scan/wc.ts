import type { CompiledKernel, KernelResult, OpenFileRange } from './kernel.ts';
import { nativeScan, type NativeRange, type NativeWc } from './native.ts';
import { nativeRanges, streamRange } from './scanner.ts';
import { unprintableRanges } from './unicode/tables.ts';

/**
 * The version of coreutils whose definition of a word is used. Up to 9.4, a word contains a printable character, and bytes that are
 * neither printable nor a space are ignored. From 9.5 on, a word is everything between spaces, including invalid bytes.
 */
export const wordRules = ['coreutils 9.4', 'coreutils 9.5'] as const;
export type WordRule = (typeof wordRules)[number];

/**
 * Returns the code points that end a word, as pairs [first, last]: those with iswspace() in glibc's C.UTF-8 locale and the no-break
 * spaces that `wc` adds (U+00A0, U+2007, U+202F, U+2060). Up to 9.4, only printable ones count, so not U+2028 and U+2029.
 */
function spaceRanges(rule: WordRule): Uint32Array {
  const separators = rule === 'coreutils 9.5' ? [0x2028, 0x2029] : [];
  const first = [0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a];
  return Uint32Array.from([...first, ...separators, 0x202f, 0x202f, 0x205f, 0x2060, 0x3000, 0x3000]);
}

/** Counts lines, words, characters and bytes as GNU `wc` does in the C.UTF-8 locale; native/kernel/wc.h has the rules. */
export class WcScanner implements CompiledKernel {
  readonly width = 4;
  readonly perRange = true;
  readonly #native: NativeWc;

  constructor(rule: WordRule) {
    const ignoresBytes = rule === 'coreutils 9.4';
    const ignored = ignoresBytes ? unprintableRanges() : new Uint32Array();
    this.#native = nativeScan().compileWc(spaceRanges(rule), ignored, ignoresBytes);
  }

  /** Makes counts in progress fail soon, and all later ones at once; used at the end of a job. */
  cancel(): void {
    nativeScan().cancelWc(this.#native);
  }

  /**
   * Counts several file ranges one after the other. Each line, word and character belongs to the range in which its first byte lies,
   * so the counts of adjoining ranges add up to those of the whole file, wherever it is cut. Runs on the thread pool; calls may
   * overlap.
   * @throws ReadFailure for the first range that cannot be read.
   */
  async countFileRanges(ranges: readonly OpenFileRange[]): Promise<KernelResult> {
    return this.#count(nativeRanges(ranges));
  }

  /** Counts the rest of a pipe or another stream, up to its end. @throws ReadFailure */
  async countStream(fd: number, options: { windowSize?: number } = {}): Promise<KernelResult> {
    const counted = await this.#count([streamRange(fd, options)]);
    const [, , , bytes = 0n] = counted.counts;
    return { ...counted, textSize: Number(bytes) };
  }

  async #count(ranges: readonly NativeRange[]): Promise<KernelResult> {
    const counted = await nativeScan().countWc(this.#native, ranges);
    const textSize = ranges.reduce((size, { fileSize }) => size + fileSize, 0);
    return { ...counted, textSize, findings: [] };
  }
}
