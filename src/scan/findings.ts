/** What native/kernel/recognize.h finds of texts that are not what they are counted as, in its order. */
export const findingNames = [
  'gzip',
  'zstd',
  'xz',
  'bzip2',
  'lz4',
  'zip',
  '7z',
  'UTF-16',
  'UTF-32',
  'JSON lines',
  'besideCharacter',
  'besideOther',
] as const;
export type FindingName = (typeof findingNames)[number];

/** A finding in one file. */
export interface FileFinding {
  /** The file's index among those at hand. */
  readonly file: number;
  /** The finding's place in `findingNames`. */
  readonly finding: number;
  readonly count: number;
}

/** How often each finding was made, and in which file first. */
export class Findings {
  /** One for each name. */
  readonly counts = new Float64Array(findingNames.length);
  /** Where in the corpus the first such file begins; Infinity without one. */
  readonly firsts = new Float64Array(findingNames.length).fill(Infinity);

  /** @param begin Where in the corpus the file begins. */
  add(finding: number, count: number, begin: number): void {
    this.counts[finding] = (this.counts[finding] ?? 0) + count;
    this.firsts[finding] = Math.min(this.firsts[finding] ?? Infinity, begin);
  }

  addAll(other: Findings): void {
    for (const [finding, count] of other.counts.entries()) {
      if (count > 0) this.add(finding, count, other.firsts[finding] ?? Infinity);
    }
  }

  count(name: FindingName): number {
    return this.counts[findingNames.indexOf(name)] ?? 0;
  }

  first(name: FindingName): number {
    return this.firsts[findingNames.indexOf(name)] ?? Infinity;
  }

  /** Those that there are, each with its count and the begin of the first file; undefined when there are none. */
  toJson(): FindingsJson | undefined {
    const found = findingNames.filter((name) => this.count(name) > 0);
    if (found.length === 0) return undefined;
    return Object.fromEntries(found.map((name) => [name, [this.count(name), this.first(name)]]));
  }
}

export type FindingsJson = Readonly<Record<string, readonly number[]>>;
