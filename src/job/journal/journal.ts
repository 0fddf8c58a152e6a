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

/** What the rank logs of a folder say together. Lines that are torn, damaged or of another job do not count. */
export interface Journal {
  /** The blocks that are in no journal, in order. */
  readonly missing: readonly BlockRange[];
  readonly blocksDone: number;
  /** The sum of the counts of all blocks that are done; one for each pattern. */
  readonly totals: BigUint64Array;
  readonly findings: Findings;
  /** How many ranks began to count, over all runs, and on which hosts. */
  readonly starts: number;
  readonly hosts: readonly string[];
  /** Lines that did not count. */
  readonly ignoredLines: number;
}

/** No line of ours is longer: a block's has a number for each pattern, a start's names a thousand files and some patterns. */
function maxLineBytes({ patterns }: Plan): number {
  return 2 ** 25 + 24 * patterns.length + patterns.reduce((sum, { length }) => sum + 6 * length, 0);
}

/**
 * Reads all rank logs of a log folder, one after the other, in memory that depends on the number of blocks and patterns only.
 * Nothing in the folder is trusted: only plain files of the right name are read, and only lines with the right checksum.
 * @throws ResumeError when the same block was counted twice with different results.
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

// More hosts than any cluster has are not kept in memory.
const maxHosts = 100_000;

class JournalReader {
  readonly #plan: Plan;
  readonly #identity: string;
  readonly #done: Uint8Array;
  /** Of each block's counts, to tell whether another line says the same. */
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

  /** @param line Undefined for one that is too long. */
  take(line: string | undefined, path: Buffer): void {
    const event = line === undefined ? undefined : this.#decode(line);
    if (!event) this.#ignored += 1;
    else if (event.event === 'block') this.#takeBlock(event, path);
    else if (event.event === 'start') this.#takeStart(event.host);
  }

  /** Undefined for a line that does not count. */
  #decode(line: string): LogEvent | undefined {
    const json = openLine(line, this.#identity);
    try {
      return json === undefined ? undefined : decodeEvent(json, this.#plan);
    } catch {
      return undefined; // made by someone else, with a checksum to match
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

/** The paths of the rank logs below a log folder; see rank-log.ts for their names. */
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
  // As buffers: with names as strings, Node 20 fails where the file system does not tell what kind an entry is.
  return promises.readdir(folder, { withFileTypes: true, encoding: 'buffer' }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw cannotRead(folder, error);
  });
}

/** Hands the lines of a file on, each without its newline; undefined for one that is too long to be ours. */
async function readLines(path: Buffer, longest: number, take: (line: string | undefined) => void): Promise<void> {
  // What was swapped for a link or a pipe since it was listed is not followed, and not waited for.
  const handle = await promises.open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    let pending: Buffer[] = [];
    let length = 0;
    const chunks: AsyncIterable<Buffer> = handle.createReadStream({ autoClose: false, highWaterMark: 256 * 1024 });
    for await (const chunk of chunks) {
      let begin = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, begin)) {
        const fits = length + end - begin <= longest;
        take(fits ? Buffer.concat([...pending, chunk.subarray(begin, end)]).toString() : undefined);
        [pending, length, begin] = [[], 0, end + 1];
      }
      length += chunk.length - begin;
      if (length <= longest) pending.push(chunk.subarray(begin));
      else pending = [];
    }
    if (length > 0) take(length <= longest ? Buffer.concat(pending).toString() : undefined);
  } finally {
    await handle.close();
  }
}

function cannotRead(path: Buffer, error: unknown): ResumeError {
  return new ResumeError(`${printable(path)}: cannot be read: ${readFailure(error)}`, { cause: error });
}
