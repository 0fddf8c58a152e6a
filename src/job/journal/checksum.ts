// Node's modules for these functions take some milliseconds to load, so only jobs with a log load them.

/** Returns the CRC-32 of a text. @param start The CRC-32 of a preceding text, to continue it. */
export function crc32(text: string, start?: number): number {
  return process.getBuiltinModule('node:zlib').crc32(text, start);
}

/** Returns the SHA-256 of the concatenated parts, in hexadecimal digits. */
export function sha256(parts: Iterable<string | Uint8Array>): string {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Returns a name that cannot be guessed: 64 random bits in hexadecimal digits. */
export function randomName(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex');
}
