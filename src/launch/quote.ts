import { printable } from '../base/bytes.ts';

/**
 * Quotes words for a shell such as bash. The words have one character per byte; the result is text for a message, which can be pasted
 * from it.
 */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  const text = Buffer.from(word, 'latin1').toString();
  // Messages escape invisible characters, so that the shell must be given escapes for them, too.
  if (shownWord(word) === text) return `'${text.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/[\\']|[^ -~]/g, (character) =>
    /[\\']/.test(character) ? `\\${character}` : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `$'${escaped}'`;
}

/** Returns a word, which has one character per byte, as text for a message. */
export function shownWord(word: string): string {
  return printable(Buffer.from(word, 'latin1'));
}

/** Returns text, such as the path of the program, with one character per byte. */
export function byteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}
