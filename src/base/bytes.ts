import { isUtf8 } from 'node:buffer';

// Patterns and file names are bytes and need not be UTF-8. These functions convert them for messages, and to JSON and back.

function textOf(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString() : undefined;
}

// The regular expressions with properties of Unicode are made where they are used, and not when the program starts: each takes 0.3 ms.
const isPrintableAscii = /^[\x20-\x7e]*$/;

/** Converts bytes to text for a message: UTF-8 unchanged; other bytes, and hidden characters, as `\xNN` for each byte. */
export function printable(bytes: Uint8Array): string {
  const text =
    textOf(bytes) ??
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\x80-\xff]/g, escapedByte);
  if (isPrintableAscii.test(text)) return text;
  // Control and format characters, which act on a terminal or are invisible, and all spaces but U+0020.
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;
  return text.replace(hidden, (character) => Buffer.from(character).toString('latin1').replace(/./gs, escapedByte));
}

/**
 * Returns bytes as they are, or, if there are characters among them that act on a terminal, as printable text, so that a line of text is one
 * row.
 */
export function rowSafe(bytes: Uint8Array): Uint8Array {
  if (!bytes.some((byte) => byte < 0x20 || byte >= 0x7f)) return bytes;
  // Control characters, those that change the direction of text, and ends of lines and paragraphs.
  const acting = /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u;
  return acting.test(textOf(bytes) ?? Buffer.from(bytes).toString('latin1')) ? Buffer.from(printable(bytes)) : bytes;
}

function escapedByte(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Converts bytes to quoted text for a message; of more than 40 bytes it shows the first 40 and the length. */
export function quoted(bytes: Uint8Array): string {
  const maxBytes = 40;
  const text = printable(bytes.subarray(0, maxBytes));
  return bytes.length > maxBytes ? `'${text}…' (${bytes.length} bytes)` : `'${text}'`;
}

/** Bytes in JSON: a string if they are UTF-8, else base64, so that no byte is lost. */
export type JsonBytes = string | { base64: string };

/** Encodes bytes for JSON; bytesFromJson() is the inverse. */
export function bytesToJson(bytes: Uint8Array): JsonBytes {
  return textOf(bytes) ?? { base64: Buffer.from(bytes).toString('base64') };
}

/** Decodes what bytesToJson() encoded. @throws TypeError for any other value. */
export function bytesFromJson(json: unknown): Buffer {
  if (typeof json === 'string') return Buffer.from(json);
  const { base64 } = Object(json) as { base64?: unknown };
  if (typeof base64 === 'string') {
    const bytes = Buffer.from(base64, 'base64');
    // Buffer.from() skips characters that are not base64.
    if (bytes.toString('base64') === base64) return bytes;
  }
  throw new TypeError('neither a text nor bytes in base64');
}

/** Escapes the characters of a JSON text that would act on a terminal. The value stays the same. */
export function printableJson(json: string): string {
  return json.replace(/[\x7f-\x9f\p{Bidi_Control}\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
