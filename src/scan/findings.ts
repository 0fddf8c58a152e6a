/** Names of the findings of native/kernel/recognize.h, in its order: what is found in a text beside the counts: its format, occurrences beside non-ASCII bytes, lines that are left out. */
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
  'invalidLines',
  'withoutGroup',
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

/** A line that is left out, since it is not valid. */
export interface InvalidLine {
  /** The index of the file in its list. */
  readonly file: number;
  /** The offset in the file of the decoding unit from which the text is decoded; 0 if it is the whole text. */
  readonly start: number;
  /** The offset of the line in that text, in bytes. */
  readonly offset: number;
}

/** An invalid line in a file that begins at an offset in the corpus. */
export interface PlacedLine extends Omit<InvalidLine, 'file'> {
  readonly begin: number;
}

const maxInvalidLines = 10;
const invalidLines: FindingName = 'invalidLines';

/** Encodes lines as three numbers each: the begin of the file in the corpus, the start of the unit, and the offset. */
export function encodeLines(lines: readonly PlacedLine[]): number[] {
  return lines.flatMap(({ begin, start, offset }) => [begin, start, offset]);
}

export function decodeLines(numbers: ArrayLike<number>): PlacedLine[] {
  return Array.from({ length: Math.floor(numbers.length / 3) }, (_, index) => {
    const [begin = 0, start = 0, offset = 0] = Array.from({ length: 3 }, (_line, at) => numbers[3 * index + at]);
    return { begin, start, offset };
  });
}

/** The number of times that each finding was made, and the first file with it. */
export class Findings {
  /** One count for each name. */
  readonly counts = new Float64Array(findingNames.length);
  /** The offset in the corpus at which the first file with the finding begins; Infinity if there is none. */
  readonly firsts = new Float64Array(findingNames.length).fill(Infinity);

  /** The first invalid lines, in the order of the input. */
  #invalidLines: readonly PlacedLine[] = [];

  get invalidLines(): readonly PlacedLine[] {
    return this.#invalidLines;
  }

  /** Adds invalid lines, which are counted as a finding besides. */
  addInvalidLines(lines: Iterable<PlacedLine>): void {
    this.#invalidLines = [...this.#invalidLines, ...lines]
      .sort((one, other) => one.begin - other.begin || one.start - other.start || one.offset - other.offset)
      .slice(0, maxInvalidLines);
  }

  /** Adds what was found in files. @param beginOf Returns the offset in the corpus at which a file begins. */
  addFound(
    { findings, invalidLines = [] }: { findings: readonly FileFinding[]; invalidLines?: readonly InvalidLine[] },
    beginOf: (file: number) => number,
  ): void {
    for (const { file, finding, count } of findings) this.add(finding, count, beginOf(file));
    if (invalidLines.length > 0)
      this.addInvalidLines(invalidLines.map(({ file, start, offset }) => ({ begin: beginOf(file), start, offset })));
  }

  /** Adds a finding. @param begin The offset in the corpus at which the file begins. */
  add(finding: number, count: number, begin: number): void {
    this.counts[finding] = (this.counts[finding] ?? 0) + count;
    this.firsts[finding] = Math.min(this.firsts[finding] ?? Infinity, begin);
  }

  addAll(other: Findings): void {
    for (const [finding, count] of other.counts.entries()) {
      if (count > 0) this.add(finding, count, other.firsts[finding] ?? Infinity);
    }
    if (other.invalidLines.length > 0) this.addInvalidLines(other.invalidLines);
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
    for (const [name, [count, first, ...places]] of Object.entries(json ?? {})) {
      const finding = findingNames.findIndex((known) => known === name);
      if (finding >= 0 && count !== undefined && first !== undefined) findings.add(finding, count, first);
      if (name === invalidLines) findings.addInvalidLines(decodeLines(places));
    }
    return findings;
  }

  /**
   * Returns `{name: [count, begin of the first file]}` for all findings that were made; undefined if there are none. Invalid lines have
   * further numbers: see encodeLines().
   */
  toJson(): FindingsJson | undefined {
    const found = findingNames.filter((name) => this.count(name) > 0);
    if (found.length === 0) return undefined;
    const places = (name: FindingName) => (name === invalidLines ? encodeLines(this.#invalidLines) : []);
    return Object.fromEntries(found.map((name) => [name, [this.count(name), this.first(name), ...places(name)]]));
  }
}

export type FindingsJson = Readonly<Record<string, readonly number[]>>;
