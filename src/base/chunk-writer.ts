const chunkBytes = 256 * 1024;

/** Puts bytes one after the other into a chunk, without an object for each part: of a million rows, these take most of the time. */
export class ChunkWriter {
  #chunk = Buffer.allocUnsafe(chunkBytes);
  #length = 0;

  /** Whether there is enough for a write. */
  get isFull(): boolean {
    return this.#length >= chunkBytes / 2;
  }

  /** Returns what was put, and begins anew. */
  take(): Buffer {
    const taken = this.#chunk.subarray(0, this.#length);
    this.#chunk = Buffer.allocUnsafe(chunkBytes);
    this.#length = 0;
    return taken;
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.#chunk[this.#length] = byte;
    this.#length += 1;
  }

  /** Puts the bytes [begin, end). */
  bytes(bytes: Uint8Array, begin = 0, end = bytes.length): void {
    const length = end - begin;
    this.#reserve(length);
    if (length > 64) this.#chunk.set(bytes.subarray(begin, end), this.#length);
    else for (let at = 0; at < length; at += 1) this.#chunk[this.#length + at] = bytes[begin + at] ?? 0;
    this.#length += length;
  }

  /** Puts a text in UTF-8. */
  text(text: string): void {
    this.bytes(Buffer.from(text));
  }

  /** Puts the digits of a whole number. */
  number(number: number | bigint): void {
    if (typeof number === 'bigint' || number >= 2 ** 31) {
      this.text(String(number));
      return;
    }
    let digits = 1;
    for (let power = 10; power <= number; power *= 10) digits += 1;
    this.#reserve(digits);
    let left = number | 0;
    for (let at = this.#length + digits - 1; at >= this.#length; at -= 1) {
      this.#chunk[at] = 0x30 + (left % 10);
      left = (left / 10) | 0;
    }
    this.#length += digits;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#chunk.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#chunk.length));
    larger.set(this.#chunk.subarray(0, this.#length));
    this.#chunk = larger;
  }
}
