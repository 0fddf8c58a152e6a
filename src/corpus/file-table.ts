import type { CorpusFile } from './files.ts';

/** A FileTable as bytes and numbers, to be sent. */
export interface FileTableParts {
  /** One after the other. */
  readonly paths: Buffer;
  /** Where each path ends in `paths`. */
  readonly ends: Float64Array;
  readonly sizes: Float64Array;
  readonly modified: BigInt64Array;
}

/** Files in order, in 24 bytes each and those of the path: a job may have millions of them. */
export class FileTable implements Iterable<CorpusFile> {
  readonly parts: FileTableParts;
  /** How many bytes the files are, together. */
  readonly bytes: number;

  constructor(parts: FileTableParts) {
    this.parts = parts;
    this.bytes = parts.sizes.reduce((sum, size) => sum + size, 0);
  }

  /** Of files, or of one for each value: as Array.from(). */
  static from(files: Iterable<CorpusFile>): FileTable;
  static from<T>(values: Iterable<T>, toFile: (value: T) => CorpusFile): FileTable;
  static from(values: Iterable<unknown>, toFile?: (value: unknown) => CorpusFile): FileTable {
    let [paths, ends, sizes, modified] = [Buffer.alloc(0), new Float64Array(), new Float64Array(), new BigInt64Array()];
    let [length, end] = [0, 0];
    for (const value of values) {
      const file = toFile ? toFile(value) : (value as CorpusFile);
      paths = withRoom(paths, end + file.path.length, newBytes);
      ends = withRoom(ends, length + 1, newNumbers);
      sizes = withRoom(sizes, length + 1, newNumbers);
      modified = withRoom(modified, length + 1, newTimes);
      end += file.path.copy(paths, end);
      ends[length] = end;
      sizes[length] = file.size;
      modified[length] = file.modified;
      length += 1;
    }
    return new FileTable({
      paths: Buffer.from(paths.subarray(0, end)),
      ends: ends.slice(0, length),
      sizes: sizes.slice(0, length),
      modified: modified.slice(0, length),
    });
  }

  get length(): number {
    return this.parts.sizes.length;
  }

  /** The size of a file, in bytes. @throws RangeError when there is no such file. */
  size(index: number): number {
    const size = this.parts.sizes[index];
    if (size === undefined) throw new RangeError(`there is no file ${index}`);
    return size;
  }

  /** @throws RangeError when there is no such file. */
  at(index: number): CorpusFile {
    const { paths, ends, modified } = this.parts;
    const path = paths.subarray(ends[index - 1] ?? 0, ends[index]);
    return { path, size: this.size(index), modified: modified[index] ?? 0n };
  }

  *[Symbol.iterator](): Generator<CorpusFile> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }
}

const newBytes = (length: number) => Buffer.alloc(length);
const newNumbers = (length: number) => new Float64Array(length);
const newTimes = (length: number) => new BigInt64Array(length);

/** The same array, or a copy of it that is about twice as long, as an Array grows. */
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
