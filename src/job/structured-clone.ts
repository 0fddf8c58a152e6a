// Ranks send each other values in V8's structured-clone format, which carries bytes and typed arrays. A newer V8 reads what an older one
// wrote, so ranks may run slightly different versions of Node.

export function encode(value: unknown): Uint8Array {
  return process.getBuiltinModule('node:v8').serialize(value);
}

export function decode(bytes: Uint8Array): unknown {
  return process.getBuiltinModule('node:v8').deserialize(bytes);
}

/** Returns a copy of a value, in memory of its own: parts of a received message keep all of it. */
export function copyOf<T>(value: T): T {
  return decode(encode(value)) as T;
}
