import { availableParallelism, release } from 'node:os';

import { bytesToJson } from '../../base/bytes.ts';
import type { Findings } from '../../scan/findings.ts';
import { countBlocksIn, type Block, type Layout, type FileRange } from '../../corpus/grid.ts';
import type { Session } from '../../mpi/session.ts';
import { packageVersion } from '../../base/package.ts';
import { scanVectors, type BlockCounts } from '../../scan/scanner.ts';
import type { Job } from '../job.ts';
import type { PlanHeader } from '../plan/plan.ts';

// The slice of a resumed count may consist of very many file ranges; the line lists the first of them.
const maxFileRanges = 1000;
// plan.json has all patterns; thousands of ranks would repeat them.
const maxPatterns = 100;

/** The fields of the lines that log-schema.ts reads. */
export type StartFields = ReturnType<typeof startRecord>;
export type BlockFields = ReturnType<typeof blockRecord>;

// The records of a rank log, without the time and the event of each line. Offsets and sizes are in bytes, times in seconds.

/** Makes the record of a `start` event: the rank, its software, and its slice as file ranges [begin, end). */
export function startRecord(
  session: Session,
  { plan, settings: { threads, io }, assignment: { slice, files } }: Job,
  layout: Layout,
) {
  return {
    rank: session.world.rank,
    size: session.world.size,
    host: session.host,
    pid: process.pid,
    versions: {
      mpicount: packageVersion,
      node: process.versions.node,
      mpi: session.library,
      kernel: release(),
    },
    patterns: plan.patterns.slice(0, maxPatterns).map(bytesToJson),
    options: plan.options,
    threads,
    cores: availableParallelism(), // fewer than the host has if the launcher binds ranks to cores
    vectors: scanVectors(),
    io,
    blockSize: plan.grid.blockSize,
    blocks: countBlocksIn(slice),
    bytes: layout.bytes(slice),
    slice: firstOf(layout.fileRanges(slice)).map(({ file, begin, end }) => ({
      file: bytesToJson(files.at(file).path),
      begin,
      end,
    })),
  };
}

function firstOf(fileRanges: Iterable<FileRange>): FileRange[] {
  const first: FileRange[] = [];
  for (const fileRange of fileRanges) {
    if (first.push(fileRange) === maxFileRanges) break;
  }
  return first;
}

/** Makes the record of a `block` event: the block's range in the corpus, and one count for each pattern. */
export function blockRecord(plan: PlanHeader, block: Block, counted: BlockCounts, findings: Findings) {
  const begin = block.index * plan.grid.blockSize;
  return {
    block: block.index,
    begin,
    end: begin + block.bytes,
    bytes: block.bytes,
    counts: Array.from(counted.counts, Number), // a block has less than 2^53 bytes
    readSeconds: rounded(counted.readSeconds),
    scanSeconds: rounded(counted.scanSeconds),
    findings: findings.toJson(),
  };
}

/** Rounds seconds to microseconds, the resolution of the clocks. */
export function rounded(seconds: number): number {
  return Number(seconds.toFixed(6));
}
