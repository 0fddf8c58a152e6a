const chunkBytes = 256 * 1024;
// A character of a string takes at most three bytes in UTF-8.
const maxUtf8Bytes = 3;

/**
 * Joins parts, strings in UTF-8, to chunks of some hundred kilobytes, so that writing them takes few system calls and little memory. A part
 * that is as large is a chunk itself.
 */
export function* chunksOf(parts: Iterable<string | Uint8Array>): Generator<Buffer> {
  let chunk = Buffer.allocUnsafe(chunkBytes);
  let filled = 0;
  for (const part of parts) {
    if (typeof part !== 'string' && part.length >= chunkBytes / 2) {
      if (filled > 0) yield chunk.subarray(0, filled);
      chunk = chunk.subarray(filled);
      filled = 0;
      yield Buffer.from(part.buffer, part.byteOffset, part.length);
      continue;
    }
    const isText = typeof part === 'string';
    const needed = isText ? maxUtf8Bytes * part.length : part.length;
    if (filled + needed > chunk.length) {
      if (filled > 0) yield chunk.subarray(0, filled);
      chunk = Buffer.allocUnsafe(Math.max(chunkBytes, needed));
      filled = 0;
    }
    if (isText) {
      filled += chunk.write(part, filled);
    } else {
      chunk.set(part, filled);
      filled += part.length;
    }
  }
  if (filled > 0) yield chunk.subarray(0, filled);
}
