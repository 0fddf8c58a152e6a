// Patterns and file names are bytes, which need not be UTF-8. Here is how they go into messages and JSON, and come back.

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** For people: UTF-8 as it is; other bytes, and characters that would act on a terminal, as `\xNN` for each byte. */
export function printable(bytes: Uint8Array): string {
  const text =
    textOf(bytes) ??
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\x80-\xff]/g, escapedByte);
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, (character) =>
    Buffer.from(character).toString('latin1').replace(/./gs, escapedByte),
  );
}

function escapedByte(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

/** Bytes in JSON: a string when they are UTF-8, else base64, so that nothing is lost. */
export type JsonBytes = string | { base64: string };

export function bytesToJson(bytes: Uint8Array): JsonBytes {
  return textOf(bytes) ?? { base64: Buffer.from(bytes).toString('base64') };
}

export function bytesFromJson(json: JsonBytes): Buffer {
  return typeof json === 'string' ? Buffer.from(json) : Buffer.from(json.base64, 'base64');
}
