import { closeSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { stringify } from 'lossless-json';

import { makeFolders } from './folders.ts';
import { inFolder, OutputError } from './output.ts';

// A folder with a file for each of thousands of ranks is slow on parallel file systems.
const ranksPerFolder = 256;

/** The file in which a rank writes what it does: one JSON object a line, each with its time and event. */
export interface RankLog {
  /** @throws OutputError when the line cannot be written whole. */
  write(event: string, fields?: Record<string, unknown>): void;
  close(): void;
}

/** The place of a rank's log below the log folder: `ranks/001/rank-000256.jsonl` for rank 256. */
export function rankLogName(rank: number): string {
  const folder = String(Math.floor(rank / ranksPerFolder)).padStart(3, '0');
  return `ranks/${folder}/rank-${String(rank).padStart(6, '0')}.jsonl`;
}

/**
 * Starts the log of a rank anew; without a log folder, a log that forgets everything.
 * @throws OutputError
 */
export function openRankLog(logDir: Buffer | undefined, rank: number): RankLog {
  if (!logDir) return { write: () => undefined, close: () => undefined };
  const name = rankLogName(rank);
  const path = inFolder(logDir, name);
  const fd = OutputError.guard(path, () => {
    makeFolders(inFolder(logDir, dirname(name)));
    return openSync(path, 'w');
  });
  return {
    write: (event, fields = {}) => {
      const line = `${stringify({ time: new Date().toISOString(), event, ...fields }) ?? ''}\n`;
      OutputError.guard(path, () => {
        writeFileSync(fd, line);
      });
    },
    close: () => {
      OutputError.guard(path, () => {
        closeSync(fd); // where network file systems report that the disk is full
      });
    },
  };
}
