import { AddonRows } from './addon-rows.ts';
import { decodeLines, type FileFinding, type InvalidLine } from './findings.ts';
import {
  unknownFormat,
  type Arrival,
  type CompiledKernel,
  type FileColumns,
  type KernelResult,
  type OpenFileRange,
  type SharedPatterns,
  type UnitLink,
} from './kernel.ts';
import { nativeScan, type NativeCounts, type NativeKernel, type NativeRange } from './native.ts';
import { sumsOfNumbers, sumsWidth } from './stream-sums.ts';

function decodeFindings(numbers: Float64Array | undefined): readonly FileFinding[] {
  return Array.from({ length: (numbers?.length ?? 0) / 3 }, (_, index) => {
    const [file = 0, finding = 0, count = 0] = numbers?.subarray(3 * index) ?? [];
    return { file, finding, count };
  });
}

function decodeInvalidLines(numbers: Float64Array): readonly InvalidLine[] {
  return decodeLines(numbers).map(({ begin: file, start, offset }) => ({ file, start, offset }));
}

// The range, the start and the end, and the sums.
const linkWidth = 3 + sumsWidth;

function decodeLinks(numbers: Float64Array | undefined): ReadonlyMap<number, UnitLink> {
  return new Map(
    Array.from({ length: (numbers?.length ?? 0) / linkWidth }, (_, index): [number, UnitLink] => {
      const link = numbers?.subarray(linkWidth * index, linkWidth * (index + 1)) ?? [];
      const [range = 0, start = 0, end = 0, ...sums] = link;
      if (start < 0) return [range, start === -1 ? null : 'undecodable'];
      return [range, { start, end, sums: sumsOfNumbers(sums) }];
    }),
  );
}

// In bytes; small enough that a core's cache holds the window until it is scanned.
const defaultWindow = 128 * 1024;
// In bytes; the default limit of zstd's own program.
const defaultMemory = 128 * 1024 * 1024;
// Larger than any text.
const unbounded = Number.MAX_SAFE_INTEGER;

/** Returns the name of the SIMD instructions that are used: `AVX2`, `NEON` or `portable`. */
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

/** A kernel of the scan addon, compiled. */
export interface CompiledAddonKernel {
  readonly kernel: NativeKernel;
  /** The number of counters in a row of the addon. */
  readonly width: number;
  /** For each counter of a row, its index in the addon's row; undefined if the rows are the same. */
  readonly indices?: Uint32Array | undefined;
  readonly shared?: SharedPatterns | undefined;
}

interface ReadyKernel {
  readonly kernel: NativeKernel;
  readonly rows: AddonRows;
  readonly shared: SharedPatterns | undefined;
}

/** A kernel of the scan addon, which can count any number of blocks. It may still be compiled; counts then wait for it. */
export class Scanner implements CompiledKernel {
  readonly width: number;
  readonly #compiled: Promise<ReadyKernel>;
  /** Defined when it is ready. */
  #ready: ReadyKernel | undefined;

  /** @param width The number of counters in a row. */
  constructor(width: number, compiled: Promise<CompiledAddonKernel>) {
    this.width = width;
    this.#compiled = compiled.then(({ kernel, width: nativeWidth, indices, shared }) => {
      this.#ready = { kernel, rows: new AddonRows(width, nativeWidth, indices), shared };
      return this.#ready;
    });
  }

  async ready(): Promise<SharedPatterns | undefined> {
    return (await this.#compiled).shared;
  }

  cancel(): void {
    if (this.#ready) nativeScan().cancel(this.#ready.kernel);
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
        const { start, isSure, sum = -1 }: Arrival = arrival ?? { start: begin === 0 ? 0 : -1, isSure: begin === 0 };
        return { ...range, window: windowSize, chunk, drop, stream: false, format, memory, start, isSure, sum };
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
    const way = { ...whole, chunk, drop, format, memory, encoding, start: 0, isSure: true, sum: -1 };
    const { kernel, rows } = this.#ready ?? (await this.#compiled);
    const counted = await nativeScan().countFiles(kernel, table, indices, way, byFile);
    return counted ? resultOf(counted, rows) : undefined;
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
    return this.#count([{ ...range, stream: true, format, memory, encoding, start: 0, isSure: true, sum: -1 }], false);
  }

  async #count(ranges: readonly NativeRange[], byRange: boolean): Promise<KernelResult> {
    const { kernel, rows } = this.#ready ?? (await this.#compiled);
    return resultOf(await nativeScan().count(kernel, ranges, byRange), rows);
  }
}

function resultOf(
  { counts, groups, findings, invalidLines, links, ...rest }: NativeCounts,
  rows: AddonRows,
): KernelResult {
  return {
    counts: rows.rowsOf(counts),
    ...(groups && { groups: rows.groupsOf(groups) }),
    findings: decodeFindings(findings),
    ...(invalidLines && { invalidLines: decodeInvalidLines(invalidLines) }),
    links: decodeLinks(links),
    ...rest,
  };
}
