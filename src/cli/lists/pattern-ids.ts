import { printable, quoted } from '../../base/bytes.ts';
import { UsageError } from '../usage-error.ts';

// With --ids, a line of a pattern list is an ID, a tab and a pattern. IDs are bytes, as patterns are.

const tab = 0x09;

/**
 * Splits the lines of a list into IDs and patterns. A second tab is refused: in a table of more columns, it would silently make the other
 * columns a part of the pattern, which then occurs nowhere.
 * @throws UsageError that names the first line that is not an ID, a tab and a pattern.
 */
export function splitIds(lines: readonly Buffer[], path: Buffer): { ids: Buffer[]; patterns: Buffer[] } {
  const ids: Buffer[] = [];
  const patterns: Buffer[] = [];
  for (const [index, line] of lines.entries()) {
    const at = line.indexOf(tab);
    const fault = faultOf(line, at);
    if (fault !== undefined) throw new UsageError(`${printable(path)}: line ${index + 1} ${fault}`);
    ids.push(line.subarray(0, at));
    patterns.push(line.subarray(at + 1));
  }
  return { ids, patterns };
}

function faultOf(line: Buffer, at: number): string | undefined {
  if (at < 0) return 'has no tab; with --ids, a line is ID<TAB>PATTERN';
  if (at === 0) return 'has an empty ID; write one before the tab';
  if (at === line.length - 1) return 'has an empty pattern, which is nowhere and everywhere; remove it';
  if (line.includes(tab, at + 1))
    return 'has several tabs; with --ids, a line is ID<TAB>PATTERN, and neither has a tab';
  return undefined;
}

/** Takes the IDs of list after list, and refuses one that was there before. */
export class UniqueIds {
  /** The index of each ID among those of all lists. A key has one character for each byte. */
  readonly #indices = new Map<string, number>();
  readonly #lists: { readonly path: Buffer; readonly first: number }[] = [];

  /** @throws UsageError that names both places of an ID. */
  add(ids: readonly Buffer[], path: Buffer): void {
    this.#lists.push({ path, first: this.#indices.size });
    for (const id of ids) {
      const key = id.toString('latin1');
      const before = this.#indices.get(key);
      if (before !== undefined) {
        const places = `${this.#placeOf(this.#indices.size)} has the ID ${quoted(id)} of ${this.#placeOf(before)}`;
        throw new UsageError(`${places} again; make each ID unique`);
      }
      this.#indices.set(key, this.#indices.size);
    }
  }

  #placeOf(index: number): string {
    const list = this.#lists.findLast(({ first }) => first <= index);
    return list ? `${printable(list.path)}: line ${index - list.first + 1}` : '';
  }
}
