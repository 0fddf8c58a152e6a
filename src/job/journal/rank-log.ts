import { closeSync, constants, fdatasync, readSync, fstatSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { openOwnFile } from '../durable/access.ts';
import { withFolder } from '../durable/open-folder.ts';
import { joinPath, OutputError } from '../durable/output-error.ts';
import type { Logging } from '../plan/plan.ts';
import { encodeEvent } from './event-codec.ts';
import type { EventSink, RankEvent } from './events.ts';

// Parallel file systems are slow with a folder of thousands of files.
const ranksPerFolder = 256;

/** The log of one rank: a file of JSON lines, each with a time and an event. */
export interface RankLog extends EventSink {
  /** Appends a line. @throws OutputError if this line cannot be written whole, or an earlier sync failed. */
  write(event: RankEvent): void;
  /** Resolves when all lines so far are durable (fdatasync). Rejects with an OutputError. */
  sync(): Promise<void>;
  /** Syncs and closes the file. Rejects with an OutputError. */
  close(): Promise<void>;
}

/** A log that discards all lines. */
export const noLog: RankLog = {
  write: () => undefined,
  sync: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

function folderName(rank: number): string {
  return `ranks/${String(Math.floor(rank / ranksPerFolder)).padStart(3, '0')}`;
}

/** Returns the path of a rank's log below the log folder: `ranks/001/rank-000256.jsonl` for rank 256. */
export function rankLogName(rank: number): string {
  return `${folderName(rank)}/rank-${String(rank).padStart(6, '0')}.jsonl`;
}

/** Returns the folders, below the log folder, for the logs of `ranks` ranks. */
export function rankLogFolders(ranks: number): string[] {
  return Array.from({ length: Math.ceil(ranks / ranksPerFolder) }, (_, index) => folderName(index * ranksPerFolder));
}

/**
 * Opens the log of a rank and appends to what an earlier run wrote.
 * @param logDir The log folder; undefined for none.
 * @param identity The identity of the plan, for the seals; see sealed-line.ts.
 * @returns noLog without a log folder or with level `off`.
 * @throws OutputError
 */
export function openRankLog(logDir: Buffer | undefined, rank: number, identity: string, logging: Logging): RankLog {
  if (!logDir || logging.level === 'off') return noLog;
  return new RankLogFile(logDir, rankLogName(rank), identity, logging);
}

const datasync = promisify(fdatasync);
const maxTimer = 2 ** 31 - 1; // in milliseconds; Node treats longer times as 1 ms

/** The channel of node:diagnostics_channel on which each written line is published as `{ event }`. Tests inject faults there. */
export const logChannel = 'mpicount:log';

class RankLogFile implements RankLog {
  readonly #path: Buffer;
  readonly #fd: number;
  readonly #identity: string;
  readonly #syncSeconds: number;
  // Loaded here because a job without logs does not need the module.
  readonly #channel = process.getBuiltinModule('node:diagnostics_channel').channel(logChannel);
  #timer: NodeJS.Timeout | undefined;
  #failure: OutputError | undefined;
  #synced: Promise<void> = Promise.resolve();

  constructor(logDir: Buffer, name: string, identity: string, { syncSeconds, ...access }: Logging) {
    this.#path = joinPath(logDir, name);
    this.#identity = identity;
    this.#syncSeconds = syncSeconds;
    const folders = name.split('/');
    const [file = ''] = folders.splice(-1);
    this.#fd = OutputError.guard(this.#path, () =>
      withFolder(logDir, folders, (folder) => openOwnFile(folder, file, constants.O_RDWR | constants.O_APPEND, access)),
    );
    // An earlier run may have ended in the middle of a line.
    if (!endsWithNewline(this.#fd)) this.#append('\n');
  }

  #append(text: string): void {
    OutputError.guard(this.#path, () => {
      writeFileSync(this.#fd, text);
    });
  }

  write(event: RankEvent): void {
    if (this.#failure) throw this.#failure;
    const line = encodeEvent(event, Date.now(), this.#identity);
    this.#append(`${line}\n`);
    this.#timer ??= setTimeout(
      () => {
        void this.sync().catch(() => undefined); // the next call reports it
      },
      Math.min(this.#syncSeconds * 1000, maxTimer),
    ).unref();
    this.#channel.publish({ event: event.event });
  }

  /**
   * A failed fdatasync is final: the kernel may have dropped the dirty pages, so a later success proves nothing
   * (https://wiki.postgresql.org/wiki/Fsync_Errors).
   */
  async sync(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#synced = this.#synced.then(() => OutputError.guardAsync(this.#path, () => datasync(this.#fd)));
    this.#synced.catch((error: unknown) => {
      this.#failure = error as OutputError;
    });
    await this.#synced;
  }

  async close(): Promise<void> {
    await this.sync();
    OutputError.guard(this.#path, () => {
      closeSync(this.#fd); // network file systems may report a full disk only here
    });
  }
}

function endsWithNewline(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.from('\n');
  if (size > 0) readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}
