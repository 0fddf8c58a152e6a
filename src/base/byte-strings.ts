// Byte strings as columns: lists have millions of patterns, of which an object each would take more time and memory than they themselves.

/** Byte strings, one after the other. They are plain data, which can be sent to other ranks. */
export interface ByteStrings {
  readonly bytes: Uint8Array;
  /** The offset in `bytes` at which each string ends, which is where the next one begins. */
  readonly ends: Uint32Array;
}

export const noByteStrings: ByteStrings = { bytes: new Uint8Array(), ends: new Uint32Array() };

/** Makes columns of byte strings. */
export function byteStrings(all: Iterable<Uint8Array>): ByteStrings {
  const list = [...all];
  let end = 0;
  const ends = Uint32Array.from(list, ({ length }) => (end += length));
  const bytes = new Uint8Array(end);
  for (const [index, each] of list.entries()) bytes.set(each, (ends[index] ?? 0) - each.length);
  return { bytes, ends };
}

/**
 * Splits bytes into the strings before each separator, and those after the last one if there are any.
 * @param separatorPrefix The number of bytes before each separator that belong to it.
 */
export function splitStrings(text: Uint8Array, separator: number, separatorPrefix = 0): ByteStrings {
  const { length } = text;
  let count = length > 0 && text[length - 1] !== separator ? 1 : 0;
  for (let at = 0; at < length; at += 1) if (text[at] === separator) count += 1;
  const bytes = new Uint8Array(length);
  const ends = new Uint32Array(count);
  let [index, end] = [0, 0];
  for (let at = 0; at < length; at += 1) {
    const byte = text[at] ?? 0;
    if (byte === separator) {
      end -= separatorPrefix;
      ends[index] = end;
      index += 1;
    } else {
      bytes[end] = byte;
      end += 1;
    }
  }
  if (index < count) ends[index] = end;
  return { bytes: bytes.subarray(0, end), ends };
}

/**
 * Splits each string at its first separator.
 * @param refuse Throws if a string is not to be split: it is called with each, the index of its first separator, which is the length of
 *   the string if there is none, and its own index.
 */
export function splitEach(
  { bytes, ends }: ByteStrings,
  separator: number,
  refuse: (string: Uint8Array, at: number, index: number) => void,
): { before: ByteStrings; after: ByteStrings } {
  const before = { bytes: new Uint8Array(bytes.length), ends: new Uint32Array(ends.length) };
  const after = { bytes: new Uint8Array(bytes.length), ends: new Uint32Array(ends.length) };
  let [begin, beforeEnd, afterEnd] = [0, 0, 0];
  for (let index = 0; index < ends.length; index += 1) {
    const end = ends[index] ?? 0;
    let at = begin;
    while (at < end && bytes[at] !== separator) at += 1;
    refuse(bytes.subarray(begin, end), at - begin, index);
    before.bytes.set(bytes.subarray(begin, at), beforeEnd);
    before.ends[index] = beforeEnd += at - begin;
    after.bytes.set(bytes.subarray(at + 1, end), afterEnd);
    after.ends[index] = afterEnd += Math.max(0, end - at - 1);
    begin = end;
  }
  return {
    before: { ...before, bytes: before.bytes.subarray(0, beforeEnd) },
    after: { ...after, bytes: after.bytes.subarray(0, afterEnd) },
  };
}

/** Returns each string followed by a separator. */
export function joinStrings(list: ByteStrings, separator: number): Uint8Array {
  const { bytes, ends } = list;
  const text = new Uint8Array(bytes.length + ends.length);
  let [at, from] = [0, 0];
  for (const end of ends) {
    for (; from < end; from += 1, at += 1) text[at] = bytes[from] ?? 0;
    text[at] = separator;
    at += 1;
  }
  return text;
}

/** Returns the strings of lists, one list after the other. */
export function joined(lists: readonly ByteStrings[]): ByteStrings {
  const [first = noByteStrings, ...others] = lists;
  if (others.length === 0) return first;
  const sum = (sizes: readonly number[]) => sizes.reduce((total, size) => total + size, 0);
  const bytes = new Uint8Array(sum(lists.map((list) => list.bytes.length)));
  const ends = new Uint32Array(sum(lists.map((list) => list.ends.length)));
  let [index, before] = [0, 0];
  for (const list of lists) {
    bytes.set(list.bytes, before);
    for (const end of list.ends) {
      ends[index] = before + end;
      index += 1;
    }
    before += list.bytes.length;
  }
  return { bytes, ends };
}

/** Returns a string of a list, which shares its memory; an empty one if there is none with this index. */
export function stringAt({ bytes, ends }: ByteStrings, index: number): Uint8Array {
  return bytes.subarray(ends[index - 1] ?? 0, ends[index] ?? 0);
}

/** Yields the strings of a list. @param count Their number; the first ones are yielded. */
export function* stringsOf(list: ByteStrings, count = list.ends.length): Generator<Uint8Array> {
  for (let index = 0; index < Math.min(count, list.ends.length); index += 1) yield stringAt(list, index);
}

/** Returns the index of the first string that satisfies a condition on its length; -1 if none does. */
export function findLength({ ends }: ByteStrings, isWanted: (length: number) => boolean): number {
  let begin = 0;
  return ends.findIndex((end) => {
    const length = end - begin;
    begin = end;
    return isWanted(length);
  });
}

/** Returns the index of the first string that is not the same in two lists of one length; -1 if all are. */
export function findDifference(one: ByteStrings, other: ByteStrings): number {
  const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
  if (same(one.bytes, other.bytes) && one.ends.every((end, index) => end === other.ends[index])) return -1;
  return one.ends.findIndex((_, index) => !same(stringAt(one, index), stringAt(other, index)));
}

/** Finds the first string of a list that is the same as an earlier one. @returns The indices of both; undefined if all differ. */
export function findRepeated(list: ByteStrings): { readonly index: number; readonly before: number } | undefined {
  const { bytes, ends } = list;
  // A hash table with open addressing: the index after that of a string, or 0 for a free slot.
  const slots = new Uint32Array(2 ** (Math.ceil(Math.log2(ends.length + 1)) + 1));
  let begin = 0;
  for (let index = 0; index < ends.length; index += 1) {
    const end = ends[index] ?? 0;
    let slot = hashOf(bytes, begin, end) & (slots.length - 1);
    for (let next = slots[slot] ?? 0; next > 0; next = slots[slot] ?? 0) {
      const before = next - 1;
      if (isSame(bytes, begin, end, ends[before - 1] ?? 0, ends[before] ?? 0)) return { index, before };
      slot = (slot + 1) & (slots.length - 1);
    }
    slots[slot] = index + 1;
    begin = end;
  }
  return undefined;
}

/** Hashes bytes [begin, end) to 32 bits: FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv), whose low bits are mixed with the high ones. */
function hashOf(bytes: Uint8Array, begin: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = begin; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function isSame(bytes: Uint8Array, begin: number, end: number, otherBegin: number, otherEnd: number): boolean {
  if (end - begin !== otherEnd - otherBegin) return false;
  for (let at = 0; at < end - begin; at += 1) if (bytes[begin + at] !== bytes[otherBegin + at]) return false;
  return true;
}
