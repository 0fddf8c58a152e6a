/** Names of the findings of native/kernel/recognize.h, in its order: signs that a file is not plain UTF-8 text. */
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
  /** The index of the file in its list. */
  readonly file: number;
  /** The index of the finding in `findingNames`. */
  readonly finding: number;
  readonly count: number;
}

/** The number of times that each finding was made, and the first file with it. */
export class Findings {
  /** One count for each name. */
  readonly counts = new Float64Array(findingNames.length);
  /** The offset in the corpus at which the first file with the finding begins; Infinity if there is none. */
  readonly firsts = new Float64Array(findingNames.length).fill(Infinity);

  /** Adds a finding. @param begin The offset in the corpus at which the file begins. */
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

  /** Returns the findings that toJson() encoded. Names that this version does not know are skipped. */
  static fromJson(json: FindingsJson | undefined): Findings {
    const findings = new Findings();
    for (const [name, [count, first]] of Object.entries(json ?? {})) {
      const finding = findingNames.findIndex((known) => known === name);
      if (finding >= 0 && count !== undefined && first !== undefined) findings.add(finding, count, first);
    }
    return findings;
  }

  /** Returns `{name: [count, begin of the first file]}` for all findings that were made; undefined if there are none. */
  toJson(): FindingsJson | undefined {
    const found = findingNames.filter((name) => this.count(name) > 0);
    if (found.length === 0) return undefined;
    return Object.fromEntries(found.map((name) => [name, [this.count(name), this.first(name)]]));
  }
}

export type FindingsJson = Readonly<Record<string, readonly number[]>>;
