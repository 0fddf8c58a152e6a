/** Quotes words for a shell such as bash. Strings have one character per byte. */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}

function quoteWord(word: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word)) return word;
  if (!/[\x00-\x1f\x7f-\xff]/.test(word) || isText(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  const escaped = word.replace(/[\\']|[^ -~]/g, (character) =>
    /[\\']/.test(character) ? `\\${character}` : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return `$'${escaped}'`;
}

/** Returns whether the bytes are UTF-8 without control characters. */
function isText(word: string): boolean {
  const text = Buffer.from(word, 'latin1').toString();
  return !/[\ufffd\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.test(text);
}
