import { FileTable, type FileTableParts } from '../corpus/file-table.ts';
import { Findings } from '../scan/findings.ts';
import { Layout, sliceOf } from '../corpus/grid.ts';
import { assignmentFor, type Assignment } from '../corpus/assignment.ts';
import type { Communicator } from '../mpi/communicator.ts';
import { broadcastBytes } from './agree.ts';
import type { Job, PreparedJob } from './job.ts';
import { planHeader } from './plan/plan.ts';

/**
 * Tells every rank what it is to do. No rank but the first hears of files that it does not count, of which there may be millions.
 * @param prepared On rank 0.
 */
export async function distribute(world: Communicator, prepared: PreparedJob | undefined): Promise<Job> {
  const shareFor = prepared && shares(prepared, world.size);
  // Rank 0 needs none to be sent.
  const sent = shareFor && [
    Buffer.of(),
    ...Array.from({ length: world.size - 1 }, (_, before) => encodeAssignment(shareFor(before + 1))),
  ];
  const common = await broadcastBytes(
    world,
    prepared && encode({ plan: planHeader(prepared.plan), terms: prepared.terms } satisfies Common),
  );
  const { plan, terms } = decode(common) as Common;
  const received = await world.scatter(sent, 0);
  return {
    plan,
    terms,
    share: shareFor?.(0) ?? decodeAssignment(received),
    sums: prepared?.counted ?? new BigUint64Array(plan.patterns.length),
    findings: prepared?.findings ?? new Findings(),
  };
}

/** A rank's share, by its number. */
function shares({ plan: { files, grid }, missing }: PreparedJob, ranks: number): (rank: number) => Assignment {
  const layout = new Layout(files.parts.sizes, grid);
  return (rank) => assignmentFor(sliceOf(rank, ranks, missing), files, layout);
}

/** What is the same for all ranks. */
type Common = Pick<Job, 'plan' | 'terms'>;

type SentAssignment = Omit<Assignment, 'files'> & { readonly parts: FileTableParts };

function encodeAssignment({ files: { parts }, ...rest }: Assignment): Uint8Array {
  return encode({ ...rest, parts } satisfies SentAssignment);
}

function decodeAssignment(bytes: Uint8Array): Assignment {
  const { parts, ...rest } = decode(bytes) as SentAssignment;
  return { ...rest, files: new FileTable(parts) };
}

// With V8's own serializer, which knows bytes and typed arrays. The ranks of a job run the same Node, or one that is not far from it:
// V8 reads what its earlier versions wrote.

function encode(value: unknown): Uint8Array {
  return process.getBuiltinModule('node:v8').serialize(value);
}

function decode(bytes: Uint8Array): unknown {
  return process.getBuiltinModule('node:v8').deserialize(bytes);
}
