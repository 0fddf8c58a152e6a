// What a line of JSON lines has in a field, by JSON.parse().

/** The field of a line: its string, or why there is none. */
export type Field = Buffer | 'absent' | 'other' | 'invalid' | 'blank';

// Bytes that are not UTF-8 pass JSON.parse() as characters of their own, and become bytes again. Escapes of these characters must not
// occur in tests.
const firstOfBytes = 0xe000;
/** The bytes of a character in UTF-8 (the Unicode Standard, table 3-7), or one that is not part of any, as Latin-1. */
const utf8 =
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|(?:\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f])[\x80-\xbf]|(?:\xf0[\x90-\xbf]|[\xf1-\xf3][\x80-\xbf]|\xf4[\x80-\x8f])[\x80-\xbf]{2}|([^])/g;

function toCharacters(line: Uint8Array): string {
  return Buffer.from(line)
    .toString('latin1')
    .replace(utf8, (bytes, invalid?: string) =>
      invalid === undefined
        ? Buffer.from(bytes, 'latin1').toString()
        : String.fromCharCode(firstOfBytes + invalid.charCodeAt(0)),
    );
}

/** Returns the bytes of a string: those that were not UTF-8 as they were, and all else as UTF-8. */
function toBytes(text: string): Buffer {
  const parts = text.split(/([\ue080-\ue0ff]+)/).map((part, index) =>
    index % 2 === 0
      ? Buffer.from(part) // a lone surrogate becomes U+FFFD
      : Buffer.from(Array.from(part, (char) => char.charCodeAt(0) - firstOfBytes)),
  );
  return Buffer.concat(parts);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns what a line, without its newline, has under a path of keys. */
export function fieldOf(line: Uint8Array, path: readonly string[]): Field {
  const text = toCharacters(line);
  if (/^[ \t\r]*$/.test(text)) return 'blank';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'invalid';
  }
  if (!isObject(value)) return 'invalid';
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return 'absent';
    value = value[key];
  }
  return typeof value === 'string' ? toBytes(value) : 'other';
}
