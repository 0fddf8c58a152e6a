// Bounded parsing and validation of JSON that anyone may have written, such as the files of a log folder. It does without a library
// because validation with valibot (1.5) would take longer than JSON.parse() for the plan of a million files, and as long for each line
// of a rank log.

/**
 * Parses JSON from an untrusted source within bounds: short values take up to twenty times the memory of their text, and deep nesting
 * would overflow the stack of recursive functions.
 */
export function parseJson(text: string, max: { depth: number; values: number }): unknown {
  let [depth, values] = [0, 0];
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: // "
        index = endOfString(text, index);
        break;
      case 0x5b: // [
      case 0x7b: // {
        depth += 1;
        values += 1;
        if (depth > max.depth) throw new RangeError('JSON is nested too deep');
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth -= 1;
        break;
      case 0x2c: // ,
        values += 1;
    }
    if (values > max.values) throw new RangeError('JSON has too many values');
  }
  return JSON.parse(text);
}

/** Returns the index of the closing quote of the string that begins at `start`; the length of the text if there is none. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** An object with some of the fields of a type and values that are not validated yet. */
export type Fields<T> = { readonly [name in keyof T]?: unknown };

/** Returns the value if it is an object. @throws TypeError */
export function objectOf(value: unknown): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not an object');
  return value;
}

/** Returns the value if it is an array. @throws TypeError */
export function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('not a list');
  return value;
}

/** Returns the value if it is a string. @throws TypeError */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

/** Returns the value if it is an integer from 0 to 2^53 - 1. @throws TypeError */
export function wholeNumber(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('not a whole number');
  return value as number;
}

/** Returns the value if it is a boolean. @throws TypeError */
export function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError('neither true nor false');
  return value;
}

/** Returns the value if it is one of the choices. @throws TypeError */
export function oneOf<T>(choices: readonly T[], value: unknown): T {
  const choice = choices.find((known) => known === value);
  if (choice === undefined) throw new TypeError('not one of the choices');
  return choice;
}

/** Returns the value if it is valid. @param what What it should be, for the message. @throws TypeError */
export function check<T>(value: T, valid: boolean, what: string): T {
  if (!valid) throw new TypeError(`not ${what}`);
  return value;
}
