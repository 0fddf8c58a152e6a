import { decodeLines, type FileFinding, type InvalidLine } from './findings.ts';
import {
  unknownFormat,
  type CompiledKernel,
  type FileColumns,
  type KernelGroups,
  type KernelResult,
  type OpenFileRange,
  type UnitLink,
} from './kernel.ts';
import { nativeScan, type NativeCounts, type NativeGroups, type NativeKernel, type NativeRange } from './native.ts';

function decodeFindings(numbers: Float64Array | undefined): readonly FileFinding[] {
  return Array.from({ length: (numbers?.length ?? 0) / 3 }, (_, index) => {
    const [file = 0, finding = 0, count = 0] = numbers?.subarray(3 * index) ?? [];
    return { file, finding, count };
  });
}

function decodeInvalidLines(numbers: Float64Array): readonly InvalidLine[] {
  return decodeLines(numbers).map(({ begin: file, start, offset }) => ({ file, start, offset }));
}

function decodeLinks(numbers: Float64Array | undefined): ReadonlyMap<number, UnitLink> {
  return new Map(
    Array.from({ length: (numbers?.length ?? 0) / 3 }, (_, index): [number, UnitLink] => {
      const [range = 0, start = 0, end = 0] = numbers?.subarray(3 * index) ?? [];
      if (start < 0) return [range, start === -1 ? null : 'undecodable'];
      return [range, { start, end }];
    }),
  );
}

// In bytes; small enough that a core's cache holds the window until it is scanned.
const defaultWindow = 128 * 1024;
// In bytes; the default limit of zstd's own program.
const defaultMemory = 128 * 1024 * 1024;
// Larger than any text.
const unbounded = Number.MAX_SAFE_INTEGER;

/** Returns the name of the SIMD instructions that are used: `AVX2` or `portable`. */
export function scanVectors(): string {
  return nativeScan().vectors();
}

/**
 * Ends this process without waiting for blocks in progress, whose reads may hang with a file server, and without restoring the mode of
 * the terminal, in which Node aborts when the terminal has been closed (20.20.2; https://github.com/nodejs/node/issues/51519).
 */
export function exitNow(status: number): never {
  try {
    return nativeScan().exit(status);
  } catch {
    process.exit(status); // the addon does not load, so nothing is being counted
  }
}

/** A kernel of the scan addon, which can count any number of blocks. */
export class Scanner implements CompiledKernel {
  readonly #native: NativeKernel;
  readonly #nativeWidth: number;
  /** For each counter of a row, its index in the addon's row. */
  readonly #indices: readonly number[] | undefined;
  /** For each counter of the addon's row, its indices in a row. */
  readonly #columns: readonly (readonly number[])[];

  /**
   * @param nativeWidth The number of counters in a row of the addon.
   * @param indices For each counter of a row, its index in the addon's row; undefined if the rows are the same.
   */
  constructor(native: NativeKernel, nativeWidth: number, indices?: readonly number[]) {
    this.#native = native;
    this.#nativeWidth = nativeWidth;
    this.#indices = indices;
    const columns: number[][] = Array.from({ length: indices ? nativeWidth : 0 }, () => []);
    for (const [own, index] of (indices ?? []).entries()) columns[index]?.push(own);
    this.#columns = columns;
  }

  get width(): number {
    return this.#indices?.length ?? this.#nativeWidth;
  }

  cancel(): void {
    nativeScan().cancel(this.#native);
  }

  /** Counts the bytes [begin, end) of the open file `fd` of `fileSize` bytes. @throws ReadFailure */
  async countFileRange(
    fd: number,
    fileSize: number,
    begin: number,
    end: number,
    options: { windowSize?: number; chunk?: number } = {},
  ): Promise<KernelResult> {
    return this.countFileRanges([{ fd, fileSize, begin, end, ...options }]);
  }

  async countFileRanges(ranges: readonly OpenFileRange[], byRange = false): Promise<KernelResult> {
    const native = ranges
      .filter(({ begin, end }) => begin < end)
      .map(({ windowSize = defaultWindow, chunk = 0, drop = false, arrival, ...range }) => {
        const { format = 0, memory = defaultMemory, begin } = range;
        // The first unit of a file begins with it.
        const { start, isSure } = arrival ?? { start: begin === 0 ? 0 : -1, isSure: begin === 0 };
        return { ...range, window: windowSize, chunk, drop, stream: false, format, memory, start, isSure };
      });
    return this.#count(native, byRange);
  }

  async countFiles(
    table: FileColumns,
    indices: Uint32Array,
    {
      chunk = 0,
      drop = false,
      format = 0,
      memory = defaultMemory,
      encoding,
    }: Parameters<CompiledKernel['countFiles']>[2],
    byFile: boolean,
  ): Promise<KernelResult | undefined> {
    const whole = { fd: -1, fileSize: unbounded, begin: 0, end: unbounded, window: defaultWindow, stream: false };
    const way = { ...whole, chunk, drop, format, memory, encoding, start: 0, isSure: true };
    const counted = await nativeScan().countFiles(this.#native, table, indices, way, byFile);
    return counted ? this.#resultOf(counted) : undefined;
  }

  async countStream(
    fd: number,
    {
      windowSize = defaultWindow,
      decode = false,
      memory = defaultMemory,
      encoding,
    }: { windowSize?: number; decode?: boolean; memory?: number; encoding?: string | undefined } = {},
  ): Promise<KernelResult> {
    const range = { fd, fileSize: unbounded, begin: 0, end: unbounded, window: windowSize, chunk: 0, drop: false };
    const format = decode ? unknownFormat : 0;
    return this.#count([{ ...range, stream: true, format, memory, encoding, start: 0, isSure: true }], false);
  }

  async #count(ranges: readonly NativeRange[], byRange: boolean): Promise<KernelResult> {
    return this.#resultOf(await nativeScan().count(this.#native, ranges, byRange));
  }

  #resultOf({ counts, groups, findings, invalidLines, links, ...rest }: NativeCounts): KernelResult {
    return {
      counts: this.#rowsOf(counts),
      ...(groups && { groups: this.#groupsOf(groups) }),
      findings: decodeFindings(findings),
      ...(invalidLines && { invalidLines: decodeInvalidLines(invalidLines) }),
      links: decodeLinks(links),
      ...rest,
    };
  }

  #groupsOf({ names, ends, indices, counts }: NativeGroups): KernelGroups {
    const bytes = Buffer.from(names.buffer, names.byteOffset, names.length);
    const inOrder = Array.from(ends, (end, group) => bytes.toString('latin1', ends[group - 1] ?? 0, end));
    const rows = this.#indices ? this.#sparseRowsOf(indices, counts) : { indices: [...indices], counts: [...counts] };
    return { names: inOrder, rows: { length: inOrder.length * this.width, ...rows } };
  }

  /** Returns the counters that are not zero for those of the addon. */
  #sparseRowsOf(indices: Float64Array, counts: Float64Array): { indices: number[]; counts: number[] } {
    const ofGroups: { indices: number[]; counts: number[] } = { indices: [], counts: [] };
    for (let begin = 0, end = 0; begin < indices.length; begin = end) {
      const group = Math.floor((indices[begin] ?? 0) / this.#nativeWidth);
      const row: [number, number][] = [];
      for (; end < indices.length; end += 1) {
        const column = (indices[end] ?? 0) - group * this.#nativeWidth;
        if (column >= this.#nativeWidth) break;
        for (const own of this.#columns[column] ?? []) row.push([own, counts[end] ?? 0]);
      }
      for (const [column, count] of row.sort(([one], [other]) => one - other)) {
        ofGroups.indices.push(group * this.width + column);
        ofGroups.counts.push(count);
      }
    }
    return ofGroups;
  }

  /** Returns the rows for rows of the addon. */
  #rowsOf(counts: BigUint64Array): BigUint64Array {
    const indices = this.#indices;
    if (!indices) return counts;
    const rows = new BigUint64Array((counts.length / this.#nativeWidth) * indices.length);
    let at = 0;
    for (let row = 0; row < counts.length; row += this.#nativeWidth) {
      for (const index of indices) {
        rows[at] = counts[row + index] ?? 0n;
        at += 1;
      }
    }
    return rows;
  }
}
