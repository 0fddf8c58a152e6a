import { stringify } from 'lossless-json';

import { printableJson } from './bytes.ts';

/** A value in JSON, whose text is made in parts while it is written: it may be a list of millions. */
export class JsonText {
  /** Without characters that would act on a terminal. */
  readonly parts: Iterable<string | Uint8Array>;

  constructor(parts: Iterable<string | Uint8Array>) {
    this.parts = parts;
  }
}

/**
 * Encodes an object as JSON, in parts, with characters escaped that would act on a terminal. Integers may be BigInts; a field that is
 * undefined is left out, and a field may be a JsonText.
 */
export function* jsonParts(fields: object): Generator<string | Uint8Array> {
  let before = '{';
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    if (value instanceof JsonText) yield* value.parts;
    else yield printableJson(stringify(value) ?? 'null');
  }
  yield before === '{' ? '{}' : '}';
}

/** Encodes a list of such objects as JSON. */
export function* jsonListParts(elements: Iterable<object>): Generator<string | Uint8Array> {
  let before = '[';
  for (const element of elements) {
    yield before;
    yield* jsonParts(element);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}
