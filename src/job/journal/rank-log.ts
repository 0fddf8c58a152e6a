import { closeSync, constants, fdatasync, readSync, fstatSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

import { openOwnFile } from '../durable/access.ts';
import { withFolder } from '../durable/open-folder.ts';
import { joinPath, OutputError } from '../durable/output-error.ts';
import type { Logging } from '../plan/plan.ts';
import { sealLine } from './sealed-line.ts';

// A folder with a file for each of thousands of ranks is slow on parallel file systems.
const ranksPerFolder = 256;

/** The file in which a rank writes what it does: one JSON object a line, each with its time and event. */
export interface RankLog {
  /** @throws OutputError when the line, or an earlier one, cannot be written whole. */
  write(event: string, fields?: Record<string, unknown>): void;
  /** Resolves when all lines so far survive the end of the machine. @throws OutputError */
  sync(): Promise<void>;
  /** @throws OutputError */
  close(): Promise<void>;
}

/** Forgets everything. */
export const noLog: RankLog = {
  write: () => undefined,
  sync: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

function folderName(rank: number): string {
  return `ranks/${String(Math.floor(rank / ranksPerFolder)).padStart(3, '0')}`;
}

/** The place of a rank's log below the log folder: `ranks/001/rank-000256.jsonl` for rank 256. */
export function rankLogName(rank: number): string {
  return `${folderName(rank)}/rank-${String(rank).padStart(6, '0')}.jsonl`;
}

/** The folders that the logs of so many ranks need below the log folder. */
export function rankLogFolders(ranks: number): string[] {
  return Array.from({ length: Math.ceil(ranks / ranksPerFolder) }, (_, index) => folderName(index * ranksPerFolder));
}

/**
 * Opens the log of a rank, after what an earlier run wrote there; where none is wanted, noLog.
 * @param identity Of the job; see sealed-line.ts.
 * @throws OutputError
 */
export function openRankLog(logDir: Buffer | undefined, rank: number, identity: string, logging: Logging): RankLog {
  if (!logDir || logging.level === 'off') return noLog;
  return new RankLogFile(logDir, rankLogName(rank), identity, logging);
}

const datasync = promisify(fdatasync);
const longestTimer = 2 ** 31 - 1; // in milliseconds; Node takes more for 1

/** On this channel of node:diagnostics_channel each line is announced when it is written: `{ event }`. Tests interfere there. */
export const logChannel = 'mpicount:log';

class RankLogFile implements RankLog {
  readonly #path: Buffer;
  readonly #fd: number;
  readonly #identity: string;
  readonly #syncSeconds: number;
  // Loaded here: a job without logs does not need it.
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
    // An earlier run may have been cut off in the middle of a line.
    if (!endsWithNewline(this.#fd)) this.#append('\n');
  }

  #append(text: string): void {
    OutputError.guard(this.#path, () => {
      writeFileSync(this.#fd, text);
    });
  }

  write(event: string, fields: Record<string, unknown> = {}): void {
    if (this.#failure) throw this.#failure;
    const line = sealLine({ time: new Date().toISOString(), event, ...fields }, this.#identity);
    this.#append(`${line}\n`);
    this.#timer ??= setTimeout(
      () => {
        void this.sync().catch(() => undefined); // for the next call to report
      },
      Math.min(this.#syncSeconds * 1000, longestTimer),
    ).unref();
    this.#channel.publish({ event });
  }

  /** Once this failed it fails for ever: what the disk lost then stays lost, though a later sync may well work. */
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
      closeSync(this.#fd); // where network file systems report that the disk is full
    });
  }
}

function endsWithNewline(fd: number): boolean {
  const { size } = fstatSync(fd);
  const last = Buffer.from('\n');
  if (size > 0) readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}
