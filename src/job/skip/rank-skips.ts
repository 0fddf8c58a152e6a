import { bytesToJson } from '../../base/bytes.ts';
import { checkFiles } from '../../corpus/check-files.ts';
import { verifyUnchanged } from '../../corpus/file-checks.ts';
import type { FileTable } from '../../corpus/file-table.ts';
import { decodedFormats, formatNumber } from '../../corpus/file-format.ts';
import type { Layout } from '../../corpus/grid.ts';
import { InputError } from '../../corpus/input-error.ts';
import { returningInputErrors } from '../../corpus/returned-errors.ts';
import { libraryOf } from '../../scan/libraries.ts';
import type { SkipList, Skips } from '../counting/skip-list.ts';
import type { AssignedFile } from '../schedule/schedule.ts';
import type { EventSink } from '../journal/events.ts';

/** A file that a rank has found to be unreadable. */
export interface FoundSkip {
  /** The offset in the corpus at which the file begins. */
  readonly begin: number;
  readonly reason: string;
}

/** The files that a rank skips in one round, since it has found them to be unreadable; see skip-round.ts. */
export class RankSkips implements Skips {
  readonly #log: EventSink;
  /** The reasons, by the offset in the corpus at which the file begins. */
  readonly #reasons = new Map<number, string>();
  #isOutdated = false;

  /** @param log Gets an event for each file. */
  constructor(log: EventSink) {
    this.#log = log;
  }

  among(files: FileTable, layout: Layout): SkipList {
    return {
      has: (file) => this.#reasons.has(layout.beginOf(file)),
      add: (file, error) => {
        // Other blocks of the file may have been counted, here or on another rank.
        this.#add(files.at(file).path, layout.beginOf(file), error, layout.isCut(file));
      },
    };
  }

  /** Skips the files that have changed while they were counted. @param allowGrowth Whether files may have grown. */
  async addChanged(files: Iterable<AssignedFile>, allowGrowth: boolean): Promise<void> {
    await checkFiles(files, returningInputErrors(verifyUnchanged(allowGrowth)), (found, { path, begin }) => {
      if (found instanceof InputError) this.#add(path, begin, found, true);
    });
  }

  /** Whether there may be blocks that were counted with a file that is skipped now. */
  get isOutdated(): boolean {
    return this.#isOutdated;
  }

  /** All files that are skipped. */
  get found(): FoundSkip[] {
    return Array.from(this.#reasons, ([begin, reason]) => ({ begin, reason }));
  }

  #add(path: Buffer, begin: number, error: InputError, isOutdated: boolean): void {
    if (this.#reasons.has(begin)) return;
    // A missing library is not the fault of the file, and would take all files of the format with it.
    if (decodedFormats.some((format) => libraryOf(formatNumber(format)).missing === error.what)) throw error;
    this.#reasons.set(begin, error.what);
    if (isOutdated) this.#isOutdated = true;
    this.#log.write({ event: 'skip', file: bytesToJson(path), begin, reason: error.what });
  }
}
