import { constants, openSync, readSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { GroupBatcher, rowsOf, type GroupBatch, type GroupRow } from '../../tally/groups.ts';
import { withFolder } from '../durable/open-folder.ts';
import { OutputError } from '../durable/output-error.ts';
import { randomName } from '../journal/checksum.ts';
import { decode, encode } from '../structured-clone.ts';

// The merged rows of groups wait here until the last one has arrived: only then can the output begin, since standard output is to have all
// totals or none. They may take more than memory, so beyond some megabytes they go to a file, which has no name any more when it is
// written, so that nothing is left of it whatever happens.

const batchCounters = 2 ** 15;
const maxBytesInMemory = 32 * 1024 * 1024;

/** Keeps rows of groups in the order in which they come, in memory or in a file. */
export class GroupSpool implements Iterable<GroupRow> {
  readonly #folder: Buffer;
  readonly #maxBytes: number;
  readonly #batcher = new GroupBatcher(batchCounters);
  /** The encoded batches in memory. */
  readonly #inMemory: Uint8Array[] = [];
  #bytes = 0;
  #fd: number | undefined;
  /** The lengths of the encoded batches in the file, in bytes. They follow those in memory. */
  readonly #lengths: number[] = [];

  /**
   * @param folder Where the file is to be, such as the log folder; without it, that is the folder for temporary files.
   * @param maxBytes The bytes up to which there is no file. Only tests set it.
   */
  constructor(folder: Buffer = Buffer.from(tmpdir()), maxBytes: number = maxBytesInMemory) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  /** Adds a row. @throws OutputError if the file cannot be written. */
  add(row: GroupRow): void {
    const batch = this.#batcher.add(row);
    if (batch) this.#store(batch);
  }

  /** Stores what is left, after the last row. @throws OutputError if the file cannot be written. */
  end(): void {
    const batch = this.#batcher.rest();
    if (batch) this.#store(batch);
  }

  /** Yields all rows, any number of times. @throws OutputError if the file cannot be read. */
  *[Symbol.iterator](): Generator<GroupRow> {
    for (const bytes of this.#inMemory) yield* rowsOf(decode(bytes) as GroupBatch);
    let offset = 0;
    for (const length of this.#lengths) {
      yield* rowsOf(decode(this.#read(offset, length)) as GroupBatch);
      offset += length;
    }
  }

  #store(batch: GroupBatch): void {
    const bytes = encode(batch);
    this.#bytes += bytes.length;
    if (this.#bytes <= this.#maxBytes) {
      this.#inMemory.push(bytes);
      return;
    }
    OutputError.guard(this.#folder, () => {
      this.#fd ??= this.#createFile();
      writeFileSync(this.#fd, bytes);
    });
    this.#lengths.push(bytes.length);
  }

  #createFile(): number {
    return withFolder(this.#folder, [], (folder) => {
      const path = folder.pathOf(`groups.${randomName()}.part`);
      const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
      unlinkSync(path);
      return fd;
    });
  }

  #read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    OutputError.guard(this.#folder, () => {
      for (let done = 0; done < length;) {
        const read = readSync(this.#fd ?? -1, bytes, done, length - done, offset + done);
        if (read === 0) throw new Error('a file in it became shorter');
        done += read;
      }
    });
    return bytes;
  }
}
