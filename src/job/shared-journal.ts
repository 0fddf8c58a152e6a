import { dividesFile, type Grid } from '../corpus/grid.ts';
import { FileTable } from '../corpus/file-table.ts';
import type { Communicator } from '../mpi/communicator.ts';
import { Findings, type FindingsJson } from '../scan/findings.ts';
import { noRows } from '../tally/row-keys.ts';
import { reduceRows } from '../tally/reduce.ts';
import { Rows } from '../tally/rows.ts';
import { tallyOf, type TallySpec } from '../tally/tallies.ts';
import { broadcastBytes } from './agree.ts';
import { maxHosts, missingBlocks, type Journal } from './journal/job-state.ts';
import { readJournal, readShare } from './journal/journal.ts';
import { identityOf } from './plan/plan-file.ts';
import type { Plan, SkippedFiles } from './plan/plan.ts';
import { decode, encode } from './structured-clone.ts';

// The journal of a long job has a line for each block, and reading it alone would take rank 0 minutes. So the other ranks, which wait for the
// plan, read rank logs for it: each reads a share, and the sums are reduced.

/** Reads the journal of an earlier run; see readJournal(). */
export type JournalReader = (logDir: Buffer, plan: Plan, skipped: SkippedFiles) => Promise<Journal>;

/** The parts of a plan that a rank needs to read its share. */
interface Request {
  readonly logDir: Uint8Array;
  readonly identity: string;
  readonly spec: TallySpec;
  readonly grid: Grid;
}

/** The facts that a rank finds in its share, besides the sums. */
interface ShareFacts extends Pick<Journal, 'starts' | 'hosts' | 'ignoredLines'> {
  readonly findings: FindingsJson | undefined;
}

/**
 * Runs `work` on rank 0, while the other ranks read journals for it. Every rank must call this.
 * @param work Given on rank 0.
 * @returns What `work` returns; undefined on the other ranks.
 */
export async function withJournalReaders<T>(
  world: Communicator,
  work: ((read: JournalReader) => Promise<T>) | undefined,
): Promise<T | undefined> {
  if (world.size === 1) return work?.(readJournal);
  if (!work) {
    for (;;) {
      const request = await broadcastBytes(world, undefined);
      if (request.length === 0) return undefined;
      await readTogether(world, decode(request) as Request);
    }
  }
  try {
    return await work(async (logDir, plan, skipped) => {
      const journal = canBeShared(plan, skipped) ? await lead(world, logDir, plan) : undefined;
      return journal ?? readJournal(logDir, plan, skipped);
    });
  } finally {
    await broadcastBytes(world, Buffer.of());
  }
}

/** Returns whether the counts in each rank log can be added up without knowing of the other logs, or of the files. */
function canBeShared({ spec, files, grid }: Plan, skipped: SkippedFiles): boolean {
  const tally = tallyOf(spec);
  return skipped.size === 0 && !tally.byFile && noRows(tally) instanceof Rows && !dividesFile(files.parts, grid);
}

async function lead(world: Communicator, logDir: Buffer, plan: Plan): Promise<Journal | undefined> {
  const request: Request = { logDir, identity: identityOf(plan), spec: plan.spec, grid: plan.grid };
  await broadcastBytes(world, encode(request));
  return readTogether(world, request);
}

/**
 * Reads the journal on all ranks. Every rank must call this.
 * @returns The journal on rank 0; undefined on all other ranks, and if rank 0 has to read it alone: since files were skipped, blocks are in
 *   the logs of several ranks, or a log cannot be read, which rank 0 then finds, too, and reports.
 */
async function readTogether(world: Communicator, request: Request): Promise<Journal | undefined> {
  const { spec, grid } = request;
  const own = await readShare(
    Buffer.from(request.logDir),
    { spec, grid, logDir: undefined, decompress: false, files: FileTable.from([]) },
    request.identity,
    { rank: world.rank, of: world.size },
  ).catch(() => undefined);
  const [failed = 1] = await world.allReduce(Int32Array.of(own ? 0 : 1), 'max');
  if (failed > 0 || !own || !(own.totals instanceof Rows)) return undefined;
  const timesDone = await world.reduce(timesDoneIn(own, grid), 'sum', 0);
  const totals = await reduceRows(world, tallyOf(spec), own.totals);
  const { starts, hosts, ignoredLines } = own;
  const facts: ShareFacts = { starts, hosts, ignoredLines, findings: own.findings.toJson() };
  const encoded = await world.gather(encode(facts), 0);
  if (!timesDone || !totals || !encoded || timesDone.some((times) => times > 1)) return undefined;

  const shares = encoded.map((bytes) => decode(bytes) as ShareFacts);
  const findings = new Findings();
  for (const ofRank of shares) findings.addAll(Findings.fromJson(ofRank.findings));
  return {
    missing: missingBlocks(Uint8Array.from(timesDone)),
    blocksDone: timesDone.reduce((sum, times) => sum + times, 0),
    totals,
    findings,
    pending: [],
    skipped: new Map(),
    starts: shares.reduce((sum, ofRank) => sum + ofRank.starts, 0),
    hosts: [...new Set(shares.flatMap((ofRank) => ofRank.hosts))].sort().slice(0, maxHosts),
    ignoredLines: shares.reduce((sum, ofRank) => sum + ofRank.ignoredLines, 0),
  };
}

/** Returns 1 for each block that is done, and 0 for the others. */
function timesDoneIn({ missing }: Journal, { blocks }: Grid): Int32Array {
  const times = new Int32Array(blocks).fill(1);
  for (const { first, end } of missing) times.fill(0, first, end);
  return times;
}
