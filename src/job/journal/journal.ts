import { constants, promises, type Dirent } from 'node:fs';

import { printable } from '../../base/bytes.ts';
import { Findings } from '../../scan/findings.ts';
import type { BlockRange } from '../../corpus/grid.ts';
import { readFailure } from '../../base/system-error.ts';
import { crc32 } from './checksum.ts';
import { ResumeError } from './errors.ts';
import { decodeEvent, type BlockEvent, type LogEvent } from './log-schema.ts';
import { openLine } from './sealed-line.ts';
import { joinPath } from '../durable/output-error.ts';
import { identityOf } from '../plan/plan-file.ts';
import type { Plan } from '../plan/plan.ts';

/** The contents of all rank logs of a folder. Lines that are torn, damaged or of another job are ignored. */
export interface Journal {
  /** The blocks that no rank log has, in order. */
  readonly missing: readonly BlockRange[];
  readonly blocksDone: number;
  /** The summed counts of all blocks that are done, one for each pattern. */
  readonly totals: BigUint64Array;
  readonly findings: Findings;
  /** The number of ranks that began to count, over all runs. */
  readonly starts: number;
  /** The hosts of these ranks, sorted; at most `maxHosts`. */
  readonly hosts: readonly string[];
  /** The number of ignored lines. */
  readonly ignoredLines: number;
}

/** Bounds the length of a valid line: that of a block has a number for each pattern, that of a start up to 1000 paths and some patterns. */
function maxLineBytes({ patterns }: Plan): number {
  return 2 ** 25 + 24 * patterns.length + patterns.reduce((sum, { length }) => sum + 6 * length, 0);
}

/**
 * Reads all rank logs of a log folder one after the other. The memory it needs depends only on the number of blocks and patterns.
 * Nothing in the folder is trusted: it reads only regular files of the expected names, and only lines with a valid seal.
 * @throws ResumeError if a rank log cannot be read, or two lines contradict each other about the counts of a block.
 */
export async function readJournal(logDir: Buffer, plan: Plan): Promise<Journal> {
  const reader = new JournalReader(plan);
  for await (const path of rankLogs(logDir)) {
    await readLines(path, maxLineBytes(plan), (line) => {
      reader.take(line, path);
    }).catch((error: unknown) => {
      throw error instanceof ResumeError ? error : cannotRead(path, error);
    });
  }
  return reader.journal();
}

// More than any cluster has; it bounds the memory.
const maxHosts = 100_000;

class JournalReader {
  readonly #plan: Plan;
  readonly #identity: string;
  readonly #done: Uint8Array;
  /** CRC of each block's counts, to detect contradicting duplicates. */
  readonly #checksums: Uint32Array;
  readonly #totals: BigUint64Array;
  readonly #findings = new Findings();
  readonly #hosts = new Set<string>();
  #starts = 0;
  #blocksDone = 0;
  #ignored = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#identity = identityOf(plan);
    this.#done = new Uint8Array(plan.grid.blocks);
    this.#checksums = new Uint32Array(plan.grid.blocks);
    this.#totals = new BigUint64Array(plan.patterns.length);
  }

  /** Takes the next line. @param line Undefined for a line that is too long. */
  take(line: string | undefined, path: Buffer): void {
    const event = line === undefined ? undefined : this.#decode(line);
    if (!event) this.#ignored += 1;
    else if (event.event === 'block') this.#takeBlock(event, path);
    else if (event.event === 'start') this.#takeStart(event.host);
  }

  /** Returns undefined for an invalid line. */
  #decode(line: string): LogEvent | undefined {
    const json = openLine(line, this.#identity);
    try {
      return json === undefined ? undefined : decodeEvent(json, this.#plan);
    } catch {
      return undefined; // forged, with a valid seal
    }
  }

  #takeStart(host: string): void {
    this.#starts += 1;
    if (this.#hosts.size < maxHosts) this.#hosts.add(host);
  }

  #takeBlock({ block, counts, findings }: BlockEvent, path: Buffer): void {
    const checksum = crc32(counts.join(','));
    if (this.#done[block] === 1) {
      if (this.#checksums[block] === checksum) return;
      throw new ResumeError(
        `${printable(path)}: counts for block ${block} contradict those of an earlier line; ` +
          'the input changed unnoticed, or a disk is failing: count anew with another --log-dir',
      );
    }
    this.#done[block] = 1;
    this.#checksums[block] = checksum;
    this.#blocksDone += 1;
    this.#findings.addAll(findings);
    counts.forEach((count, index) => {
      if (count !== 0) this.#totals[index] = (this.#totals[index] ?? 0n) + BigInt(count);
    });
  }

  journal(): Journal {
    return {
      missing: this.#missing(),
      blocksDone: this.#blocksDone,
      totals: this.#totals,
      findings: this.#findings,
      starts: this.#starts,
      hosts: [...this.#hosts].sort(),
      ignoredLines: this.#ignored,
    };
  }

  #missing(): BlockRange[] {
    const ranges: BlockRange[] = [];
    for (let first = this.#done.indexOf(0); first >= 0;) {
      const next = this.#done.indexOf(1, first);
      const end = next < 0 ? this.#done.length : next;
      ranges.push({ first, end });
      first = this.#done.indexOf(0, end);
    }
    return ranges;
  }
}

/** Yields the paths of the rank logs below a log folder; see rank-log.ts for their names. */
async function* rankLogs(logDir: Buffer): AsyncGenerator<Buffer> {
  for (const folder of await entries(joinPath(logDir, 'ranks'))) {
    const folderName = folder.name.toString('latin1');
    if (!folder.isDirectory() || !/^\d{3,}$/.test(folderName)) continue;
    for (const file of await entries(joinPath(logDir, `ranks/${folderName}`))) {
      const fileName = file.name.toString('latin1');
      if (file.isFile() && /^rank-\d{6,}\.jsonl$/.test(fileName)) {
        yield joinPath(logDir, `ranks/${folderName}/${fileName}`);
      }
    }
  }
}

async function entries(folder: Buffer): Promise<Dirent<Buffer>[]> {
  // With names as strings, Node 20 fails on file systems that do not report the type of an entry (DT_UNKNOWN).
  return promises.readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw cannotRead(folder, error);
  });
}

/** Calls `take` with each line of a file, without its newline; with undefined for a line longer than `maxLength` bytes. */
async function readLines(path: Buffer, maxLength: number, take: (line: string | undefined) => void): Promise<void> {
  // If the file was replaced since it was listed, a link is not followed and a pipe does not block.
  const handle = await promises.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    let pending: Buffer[] = [];
    let length = 0;
    const chunks: AsyncIterable<Buffer> = handle.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 });
    for await (const chunk of chunks) {
      let begin = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, begin)) {
        const fits = length + end - begin <= maxLength;
        take(fits ? Buffer.concat([...pending, chunk.subarray(begin, end)]).toString() : undefined);
        [pending, length, begin] = [[], 0, end + 1];
      }
      length += chunk.length - begin;
      if (length <= maxLength) pending.push(chunk.subarray(begin));
      else pending = [];
    }
    if (length > 0) take(length <= maxLength ? Buffer.concat(pending).toString() : undefined);
  } finally {
    await handle.close();
  }
}

function cannotRead(path: Buffer, error: unknown): ResumeError {
  return new ResumeError(`${printable(path)}: cannot be read: ${readFailure(error)}`, { cause: error });
}
