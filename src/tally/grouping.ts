import { isUtf8 } from 'node:buffer';

import { isJsonField, jsonPrefix, keysOf, type JsonField } from './json-field.ts';
import type { RowKey } from './rows.ts';
import type { CountedInput, FileGroups, Grouping } from './tally.ts';

// What counts are broken down by. Groups are in the order of their keys. The key of a file is the offset in the corpus at which it begins, so
// that files are in their order and no rank needs to know the names of others; the key of a part of the path, or of a string in JSON lines,
// is its bytes.

/** A text that says what counts are broken down by: `file`, `path:` and a regular expression, or `jsonl:` and a field. */
export type By = string;

const pathPrefix = 'path:';

/**
 * Returns the grouping by a text.
 * @throws An Error that says what is wrong with it, as the end of a sentence that begins with the text.
 */
export function groupingBy(by: By): Grouping {
  if (by === 'file') return byFile;
  if (by.startsWith(pathPrefix)) return new ByPath(by.slice(pathPrefix.length));
  if (!isJsonField(by)) throw new Error(`is none of file, path:REGEX, ${jsonPrefix}FIELD`);
  if (keysOf(by).includes(''))
    throw new Error('has an empty name; FIELD is the name of a member, or names joined by dots');
  return { namesIn: () => nameOfBytes };
}

/** Returns the field that names the group of a JSON line; undefined if nothing, or something else, names groups. */
export function fieldOfGroups(by: By | undefined): JsonField | undefined {
  return by !== undefined && isJsonField(by) ? by : undefined;
}

const byFile: Grouping = {
  ofFiles: { keyOf: (_path, begin) => begin, matches: () => true },
  namesIn({ files, streams, bytes }) {
    const inOrder = beginsOf(files);
    let next = inOrder.next();
    let path: Uint8Array = Buffer.of();
    return (key) => {
      const begin = Number(key);
      if (begin >= bytes) return streams[begin - bytes] ?? Buffer.of();
      // Empty files begin where the next file does, and have no counts.
      while (next.done !== true && next.value.begin <= begin) {
        ({ path } = next.value);
        next = inOrder.next();
      }
      return path;
    };
  },
};

function* beginsOf(files: CountedInput['files']): Generator<{ begin: number; path: Uint8Array }> {
  let begin = 0;
  for (const { path, size } of files) {
    yield { begin, path };
    begin += size;
  }
}

function compile(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    throw new Error(`has no valid regular expression: ${(error as Error).message.replace(/^.*?: /, '')}`, {
      cause: error,
    });
  }
}

/** Groups by the first capture group of a regular expression in the path. */
class ByPath implements Grouping, FileGroups {
  readonly ofFiles = this;
  readonly #expression: RegExp;

  constructor(source: string) {
    this.#expression = compile(source);
    // An alternative that is empty matches everything, and shows how many groups there are.
    const groups = new RegExp(`${source}|`, 'u').exec('')?.length ?? 1;
    if (groups < 2) throw new Error('has no capture group: put the part that names a group in parentheses');
  }

  keyOf(path: Uint8Array): string {
    return this.#nameOf(path) ?? '';
  }

  matches(path: Uint8Array): boolean {
    return this.#nameOf(path) !== undefined;
  }

  /** Returns the bytes of the name as a character each; undefined if the path does not match. */
  #nameOf(path: Uint8Array): string | undefined {
    const bytes = Buffer.from(path);
    // A path that is not UTF-8 is matched byte by byte, so that the name has all its bytes.
    const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
    const name = this.#expression.exec(bytes.toString(encoding))?.[1];
    return name === undefined ? undefined : Buffer.from(name, encoding).toString('latin1');
  }

  namesIn(): (key: RowKey) => Uint8Array {
    return nameOfBytes;
  }
}

/** Returns the name of a group whose key is its bytes. */
function nameOfBytes(key: RowKey): Uint8Array {
  return Buffer.from(String(key), 'latin1');
}
