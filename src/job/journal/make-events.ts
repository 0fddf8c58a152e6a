import { availableParallelism, release } from 'node:os';

import { bytesToJson } from '../../base/bytes.ts';
import { packageVersion } from '../../base/package.ts';
import { countBlocksIn, type Block, type FileRange, type Layout } from '../../corpus/grid.ts';
import type { Session } from '../../mpi/session.ts';
import type { Findings } from '../../scan/findings.ts';
import type { BlockCounts } from '../counting/block-counter.ts';
import { scanVectors } from '../../scan/scanner.ts';
import { isSparse, toDense } from '../../tally/counters.ts';
import { tallyOf } from '../../tally/tallies.ts';
import type { Job } from '../job.ts';
import { formatsIn, librariesFor } from '../libraries.ts';
import type { PlanHeader } from '../plan/plan.ts';
import { rounded, type BlockEvent, type StartEvent } from './events.ts';

// The slice of a resumed count may consist of very many file ranges; the event lists the first of them.
const maxFileRanges = 1000;

/** Makes the event of a rank that begins. */
export function startEvent(
  session: Session,
  { plan, settings: { threads, io, schedule }, assignment: { slice, files }, decoded }: Job,
  layout: Layout,
): StartEvent {
  return {
    event: 'start',
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
    tally: tallyOf(plan.spec).startFields(),
    threads,
    cores: availableParallelism(),
    vectors: scanVectors(),
    libraries: librariesFor(formatsIn(decoded)),
    encoding: plan.encoding,
    io,
    schedule,
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

/** Makes the event of a block that is counted. @param without The offsets in the corpus of its files that are skipped. */
export function blockEvent(
  plan: PlanHeader,
  block: Block,
  counted: Omit<BlockCounts, 'without'>,
  findings: Findings,
  without: readonly number[] = [],
): BlockEvent {
  const begin = block.index * plan.grid.blockSize;
  return {
    event: 'block',
    block: block.index,
    begin,
    end: Math.min(begin + plan.grid.blockSize, plan.bytes),
    bytes: block.bytes,
    ...(counted.groups && { groups: counted.groups.map((name) => bytesToJson(Buffer.from(name, 'latin1'))) }),
    counts: isSparse(counted.counts) ? counted.counts : toDense(counted.counts), // a block has less than 2^53 bytes
    readSeconds: rounded(counted.readSeconds),
    ...(counted.decodeSeconds > 0 && { decodeSeconds: rounded(counted.decodeSeconds) }),
    scanSeconds: rounded(counted.scanSeconds),
    ...(counted.textSize !== block.bytes && { textSize: counted.textSize }),
    findings: findings.toJson(),
    link: counted.link === 'undecodable' ? undefined : counted.link,
    ...(without.length > 0 && { without }),
  };
}
