// Node's modules for these take some milliseconds to load, so only jobs with a log do.

/** CRC-32 of a text, or of that and what `start` is of. */
export function crc32(text: string, start?: number): number {
  return process.getBuiltinModule('node:zlib').crc32(text, start);
}

/** Of all parts as one, in hexadecimal digits. */
export function sha256(parts: Generator<string>): string {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** A name that nobody can guess. */
export function randomName(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(8).toString('hex');
}
