const chunkBytes = 256 * 1024;

/** Joins parts to chunks of some hundred kilobytes, so that writing them takes few system calls and little memory. */
export function* chunksOf(parts: Iterable<Uint8Array>): Generator<Buffer> {
  let chunk: Uint8Array[] = [];
  let bytes = 0;
  for (const part of parts) {
    chunk.push(part);
    bytes += part.length;
    if (bytes < chunkBytes) continue;
    yield Buffer.concat(chunk);
    chunk = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(chunk);
}
