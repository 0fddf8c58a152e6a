import { stringify } from 'lossless-json';

import { printableJson } from './bytes.ts';

/** A list in JSON, of which the elements are made one by one while it is written, as JSON texts: there may be millions. */
export class JsonList {
  readonly elements: Iterable<string>;

  constructor(elements: Iterable<string>) {
    this.elements = elements;
  }
}

/**
 * Encodes an object as JSON, in parts, with characters escaped that would act on a terminal. Integers may be BigInts; a field that is
 * undefined is left out, and a field may be a JsonList.
 */
export function* jsonParts(fields: object): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    before = ',';
    if (value instanceof JsonList) yield* listParts(value);
    else yield printableJson(stringify(value) ?? 'null');
  }
  yield before === '{' ? '{}' : '}';
}

function* listParts({ elements }: JsonList): Generator<string> {
  let before = '[';
  for (const element of elements) {
    yield before + printableJson(element);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}
