import type { MpiArray } from './native.ts';

// Constructors by type name. `array.constructor` will not do: that of a Buffer, which is a Uint8Array, is deprecated.
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

/** Creates an array of zeros of the same type as `array`. */
export function zerosLike<T extends MpiArray>(array: T, length: number): T {
  return new constructors[array[Symbol.toStringTag]](length) as T;
}

/** Copies an array into new memory, unlike slice() of a Buffer. */
export function copyOf<T extends MpiArray>(array: T): T {
  return concatenate([array], array);
}

/** Concatenates arrays. @param like An array of their type, in case there are no parts. */
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

/** Returns a view of the elements [begin, end) of an array. */
export function viewOf<T extends MpiArray>(array: T, begin: number, end: number): T {
  return array.subarray(begin, end) as T;
}

/** Returns the displacement of each part when parts of these lengths are concatenated. */
export function displacementsOf(lengths: Int32Array): Int32Array {
  let end = 0;
  return lengths.map((length) => (end += length) - length);
}
