import type { MpiArray } from './native.ts';

// By the name of their kind: the constructor of a Buffer, which is a Uint8Array, is deprecated.
const constructors = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/** A new array of zeros, of the same kind as `array`. */
export function zerosLike<T extends MpiArray>(array: T, length: number): T {
  return new constructors[array[Symbol.toStringTag]](length) as T;
}

/** A copy in memory of its own, which slice() of a Buffer would not be. */
export function copyOf<T extends MpiArray>(array: T): T {
  return concatenate([array], array);
}

/** One array with the elements of all parts. @param like An array of their kind, for when there are no parts. */
export function concatenate<T extends MpiArray>(parts: readonly T[], like: T): T {
  const all = zerosLike(
    like,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  let end = 0;
  for (const part of parts) {
    (all as Uint8Array).set(part as Uint8Array, end);
    end += part.length;
  }
  return all;
}

/** The elements [begin, end) of an array, in the same memory. */
export function viewOf<T extends MpiArray>(array: T, begin: number, end: number): T {
  return array.subarray(begin, end) as T;
}

/** Where each part begins when parts of these lengths lie one after the other. */
export function displacementsOf(lengths: Int32Array): Int32Array {
  let end = 0;
  return lengths.map((length) => (end += length) - length);
}
