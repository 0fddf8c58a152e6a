/** Paths as columns, as a FileTable has them: a folder may have millions of files, of which an object each would take more time than they. */
export interface PathColumns {
  /** All paths, concatenated. */
  readonly paths: Buffer;
  /** The offset in `paths` at which each path ends. */
  readonly ends: Float64Array;
}

/** Those paths of columns that have the indices [begin, end). */
export class PathList implements Iterable<Buffer> {
  readonly columns: PathColumns;
  readonly begin: number;
  readonly end: number;

  constructor(columns: PathColumns, begin = 0, end: number = columns.ends.length) {
    this.columns = columns;
    this.begin = begin;
    this.end = end;
  }

  /** The number of the paths. */
  get length(): number {
    return this.end - this.begin;
  }

  /** Returns a path, which shares the memory of the columns. @param index Its index in the list. */
  at(index: number): Buffer {
    const { paths, ends } = this.columns;
    return paths.subarray(this.#offset(index), ends[this.begin + index]);
  }

  /** Returns the paths [begin, end) of the list. */
  slice(begin: number, end: number): PathList {
    return new PathList(this.columns, this.begin + begin, Math.min(this.begin + end, this.end));
  }

  /** The bytes of all paths of the list, which share the memory of the columns. */
  get bytes(): Buffer {
    return this.columns.paths.subarray(this.#offset(0), this.#offset(this.length));
  }

  /** Copies the end of each path in `bytes`, behind the first `before` of them, to an array from `index` on. */
  copyEnds(to: Float64Array, index: number, before: number): void {
    const { ends } = this.columns;
    const moved = before - this.#offset(0);
    for (let at = this.begin; at < this.end; at += 1) to[index + at - this.begin] = (ends[at] ?? 0) + moved;
  }

  *[Symbol.iterator](): Generator<Buffer> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index);
  }

  #offset(index: number): number {
    return this.columns.ends[this.begin + index - 1] ?? 0;
  }
}

/** Collects up to a given number of paths. */
export class PathCollector {
  readonly #ends: Float64Array;
  #paths = Buffer.alloc(0);
  #length = 0;
  #end = 0;

  /** @param capacity The number of paths that can be added. */
  constructor(capacity: number) {
    this.#ends = new Float64Array(capacity);
  }

  get isFull(): boolean {
    return this.#length === this.#ends.length;
  }

  /** Adds the path that consists of all bytes of `folder` and the bytes [begin, end) of `names`. */
  add(folder: Uint8Array, names: Uint8Array = nothing, begin = 0, end = names.length): void {
    const last = this.#end + folder.length + end - begin;
    if (last > this.#paths.length) this.#paths = Buffer.concat([this.#paths], 2 * last);
    // Paths are so short that a call that copies bytes takes longer than to copy them.
    const paths = this.#paths;
    let at = this.#end;
    for (let from = 0; from < folder.length; from += 1, at += 1) paths[at] = folder[from] ?? 0;
    for (let from = begin; from < end; from += 1, at += 1) paths[at] = names[from] ?? 0;
    this.#ends[this.#length] = last;
    this.#length += 1;
    this.#end = last;
  }

  /** Returns the paths that were added. Nothing may be added after that. */
  get list(): PathList {
    return new PathList({ paths: this.#paths, ends: this.#ends }, 0, this.#length);
  }
}

const nothing = new Uint8Array();
