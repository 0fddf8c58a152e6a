import { joinStrings, splitEach, splitStrings, stringAt, type ByteStrings } from '../base/byte-strings.ts';
import { check } from '../base/untrusted-json.ts';

// Very many patterns are stored in a file of their own beside the plan, one a line, where they take no more than their bytes: as JSON, and
// parsed, a million of them take seconds and hundreds of megabytes. With IDs, a line is ID<TAB>PATTERN, as in the lists of --ids.

const [tab, newline] = [0x09, 0x0a];

/** The patterns of a count. */
export interface NamedPatterns {
  readonly patterns: ByteStrings;
  /** The ID of each pattern, unique; absent without --ids. */
  readonly ids?: ByteStrings | undefined;
}

/** Returns the contents of the file of the patterns. */
export function encodePatterns({ patterns, ids }: NamedPatterns): Uint8Array {
  return joinStrings(ids ? withIds(ids, patterns) : patterns, newline);
}

function withIds(ids: ByteStrings, patterns: ByteStrings): ByteStrings {
  const count = ids.ends.length;
  const bytes = new Uint8Array(ids.bytes.length + patterns.bytes.length + count);
  const ends = new Uint32Array(count);
  let end = 0;
  for (let index = 0; index < count; index += 1) {
    const [id, pattern] = [stringAt(ids, index), stringAt(patterns, index)];
    bytes.set(id, end);
    bytes[end + id.length] = tab;
    bytes.set(pattern, end + id.length + 1);
    end += id.length + 1 + pattern.length;
    ends[index] = end;
  }
  return { bytes, ends };
}

/** Decodes and validates the contents of the file of the patterns. Anyone may have written it. @throws TypeError */
export function decodePatterns(contents: Uint8Array, hasIds: boolean): NamedPatterns {
  check(contents, contents.length === 0 || contents.at(-1) === newline, 'lines');
  const lines = splitStrings(contents, newline);
  if (!hasIds) return { patterns: lines };
  const { before, after } = splitEach(lines, tab, (line, at) => {
    check(line, at > 0 && at < line.length - 1 && !line.includes(tab, at + 1), 'an ID, a tab and a pattern');
  });
  return { patterns: after, ids: before };
}
