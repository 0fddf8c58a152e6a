import { availableParallelism, release } from 'node:os';

import { bytesToJson } from '../../base/bytes.ts';
import type { Findings } from '../../scan/findings.ts';
import { countBlocksIn, type Block, type Layout, type FileRange } from '../../corpus/grid.ts';
import type { Session } from '../../mpi/session.ts';
import { packageVersion } from '../../base/package.ts';
import { scanVectors, type BlockCounts } from '../../scan/scanner.ts';
import type { Job } from '../job.ts';
import type { PlanHeader } from '../plan/plan.ts';

// A slice of what earlier runs left may be in very many stretches; the line names the first of them.
const maxFileRanges = 1000;
// All are in plan.json; thousands of ranks would repeat them.
const maxPatterns = 100;

/** The fields of the lines that log-schema.ts reads. */
export type StartFields = ReturnType<typeof startRecord>;
export type BlockFields = ReturnType<typeof blockRecord>;

// What stands in a rank log, beside the time and the event of each line. Offsets and sizes are in bytes, times in seconds.

/** `start`: which rank this is, with which software, and its slice as stretches [begin, end) of files. */
export function startRecord(
  session: Session,
  { plan, terms: { threads, io }, share: { slice, files } }: Job,
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
    cores: availableParallelism(), // fewer than there are where the launcher binds ranks to cores
    vectors: scanVectors(),
    io,
    blockSize: plan.grid.blockSize,
    blocks: countBlocksIn(slice),
    bytes: layout.bytes(slice),
    slice: firstOf(layout.pieces(slice)).map(({ file, begin, end }) => ({
      file: bytesToJson(files.at(file).path),
      begin,
      end,
    })),
  };
}

function firstOf(pieces: Iterable<FileRange>): FileRange[] {
  const first: FileRange[] = [];
  for (const piece of pieces) {
    if (first.push(piece) === maxFileRanges) break;
  }
  return first;
}

/** `block`: the block's place in the corpus, and one count for each pattern. */
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

/** To microseconds: clocks tell no more. */
export function rounded(seconds: number): number {
  return Number(seconds.toFixed(6));
}
