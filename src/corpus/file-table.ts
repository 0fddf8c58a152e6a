import type { CorpusFile } from './file-checks.ts';
import { decodedFormats, formatNumber } from './file-format.ts';
import type { NativeStates } from './native.ts';
import type { PathList } from './path-list.ts';

/** The columns of a FileTable, as typed arrays that can be sent. */
export interface FileTableParts {
  /** All paths, concatenated. */
  readonly paths: Buffer;
  /** The offset in `paths` at which each path ends. */
  readonly ends: Float64Array;
  readonly sizes: Float64Array;
  readonly modified: BigInt64Array;
  /** The inode numbers; 0 for one that is not known. */
  readonly inodes: BigUint64Array;
  /** The number of each format; see formatNumber(). */
  readonly formats: Uint8Array;
  /** 1 for each file that is skipped; absent if none is. */
  readonly skipped?: Uint8Array | undefined;
}

/** A list of files that takes 33 bytes per file and the bytes of the path: a corpus may have millions of files. */
export class FileTable implements Iterable<CorpusFile> {
  readonly parts: FileTableParts;
  #bytes: number | undefined;

  constructor(parts: FileTableParts) {
    this.parts = parts;
  }

  /** The sum of the sizes, in bytes. */
  get bytes(): number {
    if (this.#bytes === undefined) {
      let bytes = 0;
      for (const size of this.parts.sizes) bytes += size;
      this.#bytes = bytes;
    }
    return this.#bytes;
  }

  /** Makes a table of files, or of the file that `toFile` makes of each value; compare Array.from(). */
  static from(files: Iterable<CorpusFile>): FileTable;
  static from<T>(values: Iterable<T>, toFile: (value: T) => CorpusFile): FileTable;
  static from(values: Iterable<unknown>, toFile?: (value: unknown) => CorpusFile): FileTable {
    const growing = new GrowingFileTable();
    for (const value of values) growing.add(toFile ? toFile(value) : (value as CorpusFile));
    return growing.table();
  }

  /** Whether the format of any file is known. */
  get isDecoded(): boolean {
    return this.parts.formats.some((format) => format !== 0);
  }

  get length(): number {
    return this.parts.sizes.length;
  }

  /** Returns the size of a file in bytes. @throws RangeError if there is no file with this index. */
  size(index: number): number {
    const size = this.parts.sizes[index];
    if (size === undefined) throw new RangeError(`there is no file ${index}`);
    return size;
  }

  /** Returns a file. @throws RangeError if there is no file with this index. */
  at(index: number): CorpusFile {
    const { paths, ends, modified, inodes } = this.parts;
    const format = decodedFormats[(this.parts.formats[index] ?? 0) - 1];
    const path = paths.subarray(ends[index - 1] ?? 0, ends[index]);
    const inode = inodes[index] === 0n ? undefined : inodes[index];
    return {
      path,
      size: this.size(index),
      modified: modified[index] ?? 0n,
      inode,
      ...(format !== undefined && { format }),
      ...(this.parts.skipped?.[index] === 1 && { isSkipped: true }),
    };
  }

  /** Returns the table with these files skipped, beside those that are already. @param indices The indices of files. */
  skipping(indices: Iterable<number>): FileTable {
    const skipped = this.parts.skipped?.slice() ?? new Uint8Array(this.length);
    for (const index of indices) skipped[index] = 1;
    return new FileTable({ ...this.parts, skipped: skipped.includes(1) ? skipped : undefined });
  }

  /** Returns the table of some of the files, which may share memory with this one. @param indices Their indices, ascending. */
  pick(indices: readonly number[]): FileTable {
    const [begin = 0] = indices;
    const end = begin + indices.length;
    // Mostly, they follow one another.
    if (indices.length === 0 || indices.at(-1) !== end - 1) return FileTable.from(indices, (index) => this.at(index));
    const { paths, ends, sizes, modified, inodes, formats, skipped } = this.parts;
    const before = ends[begin - 1] ?? 0;
    return new FileTable({
      paths: paths.subarray(before, ends[end - 1]),
      ends: ends.slice(begin, end).map((pathEnd) => pathEnd - before),
      sizes: sizes.subarray(begin, end),
      modified: modified.subarray(begin, end),
      inodes: inodes.subarray(begin, end),
      formats: formats.subarray(begin, end),
      skipped: skipped?.subarray(begin, end),
    });
  }

  *[Symbol.iterator](): Generator<CorpusFile> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }
}

/** Builds a FileTable file by file. */
export class GrowingFileTable {
  #paths = Buffer.alloc(0);
  #ends = new Float64Array();
  #sizes = new Float64Array();
  #modified = new BigInt64Array();
  #inodes = new BigUint64Array();
  #formats = new Uint8Array();
  /** The indices of files that are skipped. */
  readonly #skipped: number[] = [];
  #length = 0;
  #end = 0;

  /** The number of files so far. */
  get length(): number {
    return this.#length;
  }

  add({ path, size, modified, inode, format, isSkipped }: CorpusFile): void {
    const index = this.#length;
    if (isSkipped === true) this.#skipped.push(index);
    this.#makeRoom(1, path.length);
    this.#length += 1;
    this.#end += path.copy(this.#paths, this.#end);
    this.#ends[index] = this.#end;
    this.#sizes[index] = size;
    this.#modified[index] = modified;
    this.#inodes[index] = inode ?? 0n;
    this.#formats[index] = formatNumber(format);
  }

  /** Adds files whose states are known, in formats that are not. */
  addAll(paths: PathList, { sizes, modified, inodes }: NativeStates): void {
    const index = this.#length;
    const { bytes } = paths;
    this.#makeRoom(paths.length, bytes.length);
    bytes.copy(this.#paths, this.#end);
    paths.copyEnds(this.#ends, index, this.#end);
    this.#sizes.set(sizes, index);
    this.#modified.set(modified, index);
    this.#inodes.set(inodes, index);
    this.#length += paths.length;
    this.#end += bytes.length;
  }

  #makeRoom(files: number, pathBytes: number): void {
    const length = this.#length + files;
    this.#paths = withRoom(this.#paths, this.#end + pathBytes, newBytes);
    this.#ends = withRoom(this.#ends, length, newNumbers);
    this.#sizes = withRoom(this.#sizes, length, newNumbers);
    this.#modified = withRoom(this.#modified, length, newTimes);
    this.#inodes = withRoom(this.#inodes, length, newInodes);
    this.#formats = withRoom(this.#formats, length, newFormats);
  }

  table(): FileTable {
    const table = new FileTable({
      paths: Buffer.from(this.#paths.subarray(0, this.#end)),
      ends: this.#ends.slice(0, this.#length),
      sizes: this.#sizes.slice(0, this.#length),
      modified: this.#modified.slice(0, this.#length),
      inodes: this.#inodes.slice(0, this.#length),
      formats: this.#formats.slice(0, this.#length),
    });
    return this.#skipped.length > 0 ? table.skipping(this.#skipped) : table;
  }
}

const newBytes = (length: number) => Buffer.alloc(length);
const newNumbers = (length: number) => new Float64Array(length);
const newTimes = (length: number) => new BigInt64Array(length);
const newInodes = (length: number) => new BigUint64Array(length);
const newFormats = (length: number) => new Uint8Array(length);

/** Returns the array if it has `length` elements, else a copy of twice that length, so that adding takes amortized constant time. */
function withRoom<A extends { readonly length: number; set(from: A): void }>(
  array: A,
  length: number,
  make: (length: number) => A,
): A {
  if (length <= array.length) return array;
  const larger = make(2 * length);
  larger.set(array);
  return larger;
}
