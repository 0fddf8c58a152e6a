// Patterns and file names are bytes, which need not be UTF-8. Here is how they go into messages and JSON, and come back.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

// Characters that act on a terminal, and those that a reader does not see or takes for a blank.
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

/** For people: UTF-8 as it is; other bytes, and hidden characters, as `\xNN` for each byte. */
export function printable(bytes: Uint8Array): string {
  const text =
    textOf(bytes) ??
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\x80-\xff]/g, escapedByte);
  return text.replace(hidden, (character) => Buffer.from(character).toString('latin1').replace(/./gs, escapedByte));
}

function escapedByte(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** For people, in quotes; only the beginning when it is long. */
export function quoted(bytes: Uint8Array): string {
  const most = 40;
  const text = printable(bytes.subarray(0, most));
  return bytes.length > most ? `'${text}…' (${bytes.length} bytes)` : `'${text}'`;
}

/** Bytes in JSON: a string when they are UTF-8, else base64, so that nothing is lost. */
export type JsonBytes = string | { base64: string };

export function bytesToJson(bytes: Uint8Array): JsonBytes {
  return textOf(bytes) ?? { base64: Buffer.from(bytes).toString('base64') };
}

/** The bytes that bytesToJson() encoded. @throws TypeError for anything else. */
export function bytesFromJson(json: unknown): Buffer {
  if (typeof json === 'string') return Buffer.from(json);
  const { base64 } = Object(json) as { base64?: unknown };
  if (typeof base64 === 'string') {
    const bytes = Buffer.from(base64, 'base64');
    // Buffer.from() skips what is not base64.
    if (bytes.toString('base64') === base64) return bytes;
  }
  throw new TypeError('neither a text nor bytes in base64');
}

/** JSON that prints without acting on a terminal: what could is escaped, which is the same JSON. */
export function printableJson(json: string): string {
  return json.replace(/[\x7f-\x9f\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
