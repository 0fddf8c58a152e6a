/** The number of intervals of a pace. */
const intervals = 256;
const shortest = 1 / 64;

/** How fast a rank counted: its bytes in equal intervals of time since its start. The intervals grow with the time. */
export class Pace {
  readonly bytes = new Float32Array(intervals);
  /** The length of an interval in seconds. */
  seconds = shortest;

  /** Adds bytes that were counted evenly from one time to another, in seconds since the start of the rank. */
  add(begin: number, end: number, bytes: number): void {
    while (end > intervals * this.seconds) this.#double();
    const last = Math.min(intervals - 1, Math.floor(end / this.seconds));
    const first = Math.min(last, Math.floor(begin / this.seconds));
    for (let index = first; index <= last; index += 1) {
      const [from, to] = [Math.max(begin, index * this.seconds), Math.min(end, (index + 1) * this.seconds)];
      const share = end > begin ? Math.max(0, to - from) / (end - begin) : 1 / (last - first + 1);
      this.bytes[index] = (this.bytes[index] ?? 0) + bytes * share;
    }
  }

  #double(): void {
    this.seconds *= 2;
    for (let index = 0; index < intervals; index += 1) {
      this.bytes[index] = index < intervals / 2 ? (this.bytes[2 * index] ?? 0) + (this.bytes[2 * index + 1] ?? 0) : 0;
    }
  }
}
