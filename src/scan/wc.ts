import { nativeScan } from './native.ts';
import { Scanner } from './scanner.ts';
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

/**
 * Compiles the counting of lines, words, characters and bytes as GNU `wc` does it in the C.UTF-8 locale; native/kernel/wc.h has the
 * rules. Each line, word and character belongs to the file range in which its first byte lies, so the counts of adjoining ranges add up
 * to those of the whole file, wherever it is cut.
 */
export function compileWc(rule: WordRule): Scanner {
  const ignoresBytes = rule === 'coreutils 9.4';
  const ignored = ignoresBytes ? unprintableRanges() : new Uint32Array();
  const kernel = nativeScan().compileWc(spaceRanges(rule), ignored, ignoresBytes);
  return new Scanner(4, Promise.resolve({ kernel, width: 4 }));
}
