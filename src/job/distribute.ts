import { FileTable, type FileTableParts } from '../corpus/file-table.ts';
import { Findings } from '../scan/findings.ts';
import { Layout, sliceOf } from '../corpus/grid.ts';
import { assignmentFor, type Assignment } from '../corpus/assignment.ts';
import type { Communicator } from '../mpi/communicator.ts';
import { Rows } from '../tally/rows.ts';
import { tallyOf } from '../tally/tallies.ts';
import { broadcastBytes } from './agree.ts';
import type { Job, PreparedJob } from './job.ts';
import { planHeader } from './plan/plan.ts';

/**
 * Distributes the job: a broadcast of what all ranks need and a scatter of assignments. A corpus may have millions of files, so
 * each rank but rank 0 is sent its own files only. Every rank must call this.
 * @param prepared Given on rank 0; undefined on the other ranks.
 */
export async function distribute(world: Communicator, prepared: PreparedJob | undefined): Promise<Job> {
  const assignmentOf = prepared && assignments(prepared, world.size);
  // Rank 0 already has its own assignment.
  const sent = assignmentOf && [
    Buffer.of(),
    ...Array.from({ length: world.size - 1 }, (_, before) => encodeAssignment(assignmentOf(before + 1))),
  ];
  const common = await broadcastBytes(
    world,
    prepared && encode({ plan: planHeader(prepared.plan), settings: prepared.settings } satisfies Common),
  );
  const { plan, settings } = decode(common) as Common;
  const received = await world.scatter(sent, 0);
  const findings = new Findings();
  if (prepared) findings.addAll(prepared.findings);
  const totals = new Rows(tallyOf(plan.spec).width);
  if (prepared) totals.addAll(prepared.counted);
  return {
    plan,
    settings,
    assignment: assignmentOf?.(0) ?? decodeAssignment(received),
    totals,
    findings,
  };
}

/** Returns a function that makes the assignment of a rank. */
function assignments({ plan: { files, grid }, missing }: PreparedJob, ranks: number): (rank: number) => Assignment {
  const layout = new Layout(files.parts, grid);
  return (rank) => assignmentFor(sliceOf(rank, ranks, missing), files, layout);
}

/** The part of a job that is the same on all ranks. */
type Common = Pick<Job, 'plan' | 'settings'>;

type SentAssignment = Omit<Assignment, 'files'> & { readonly parts: FileTableParts };

function encodeAssignment({ files: { parts }, ...rest }: Assignment): Uint8Array {
  return encode({ ...rest, parts } satisfies SentAssignment);
}

function decodeAssignment(bytes: Uint8Array): Assignment {
  const { parts, ...rest } = decode(bytes) as SentAssignment;
  return { ...rest, files: new FileTable(parts) };
}

// Messages are in V8's structured-clone format, which carries bytes and typed arrays. A newer V8 reads what an older one wrote, so
// ranks may run slightly different versions of Node.

function encode(value: unknown): Uint8Array {
  return process.getBuiltinModule('node:v8').serialize(value);
}

function decode(bytes: Uint8Array): unknown {
  return process.getBuiltinModule('node:v8').deserialize(bytes);
}
