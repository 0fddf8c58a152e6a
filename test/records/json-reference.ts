// What a line of JSON lines has in a field, by JSON.parse().

/** The field of a line: its string, or why there is none. */
export type Field = Buffer | 'absent' | 'other' | 'invalid' | 'blank';

// Bytes that are not ASCII pass JSON.parse() as characters of their own, and become bytes again. Escapes of these characters must not
// occur in tests.
const firstOfBytes = 0xe000;

function toCharacters(line: Uint8Array): string {
  return Array.from(line, (byte) => String.fromCharCode(byte < 0x80 ? byte : firstOfBytes + byte)).join('');
}

/** Returns the bytes of a string: those that were not ASCII as they were, and all else as UTF-8. */
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
    const name = toCharacters(Buffer.from(key));
    if (!isObject(value) || !Object.hasOwn(value, name)) return 'absent';
    value = value[name];
  }
  return typeof value === 'string' ? toBytes(value) : 'other';
}
