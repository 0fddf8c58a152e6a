// What `wc -lwmc` counts in the C.UTF-8 locale, said as plainly as possible: wc.test.ts compares it with the real program, and
// the scanner, which shares no code with it, with both.
import type { WordRule } from '../../src/scan/wc.ts';

/** The four counts of `wc -lwmc`. */
export interface WcCounts {
  readonly lines: bigint;
  readonly words: bigint;
  readonly characters: bigint;
  readonly bytes: bigint;
}

/** The character of glibc's UTF-8 that starts at `at`, if one does: up to six bytes. */
function characterAt(bytes: Uint8Array, at: number): { codePoint: number; length: number } | undefined {
  const lead = bytes[at]!;
  if (lead < 0x80) return { codePoint: lead, length: 1 };
  const length = [0xc0, 0xe0, 0xf0, 0xf8, 0xfc, 0xfe].findIndex((limit) => lead < limit) + 1;
  if (length < 2) return undefined;
  let codePoint = lead % 2 ** (7 - length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i];
    if (byte === undefined || byte < 0x80 || byte > 0xbf) return undefined;
    codePoint = codePoint * 64 + (byte - 0x80);
  }
  const smallest = [0, 0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000][length]!;
  const surrogate = codePoint >= 0xd800 && codePoint <= 0xdfff;
  return codePoint < smallest || surrogate ? undefined : { codePoint, length };
}

type Kind = 'space' | 'word' | 'ignored';

function kindOf(codePoint: number, rule: WordRule): Kind {
  const char = codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : undefined;
  if (rule === 'coreutils 9.5') return char !== undefined && /[\t-\r\p{Z}\u2060]/u.test(char) ? 'space' : 'word';
  if (char === undefined) return 'ignored';
  if (/[\t-\r\p{Zs}\u2060]/u.test(char)) return 'space';
  return /[\p{Cc}\p{Zl}\p{Zp}\p{Cn}]/u.test(char) ? 'ignored' : 'word';
}

/** What starts at each byte. */
export function wcReference(bytes: Uint8Array, rule: WordRule): (begin: number, end: number) => WcCounts {
  const starts: { at: number; what: 'line' | 'word' | 'character' }[] = [];
  let inWord = false;
  for (let at = 0; at < bytes.length;) {
    const character = characterAt(bytes, at);
    if (character) starts.push({ at, what: 'character' });
    if (bytes[at] === 0x0a) starts.push({ at, what: 'line' });
    const other = rule === 'coreutils 9.5' ? 'word' : 'ignored';
    const kind = character ? kindOf(character.codePoint, rule) : other;
    if (kind === 'word' && !inWord) starts.push({ at, what: 'word' });
    if (kind !== 'ignored') inWord = kind === 'word';
    at += character?.length ?? 1;
  }
  return (begin, end) => {
    const number = (wanted: string) =>
      BigInt(starts.filter(({ at, what }) => what === wanted && at >= begin && at < end).length);
    const [lines, words, characters] = ['line', 'word', 'character'].map(number) as [bigint, bigint, bigint];
    return { lines, words, characters, bytes: BigInt(end - begin) };
  };
}
