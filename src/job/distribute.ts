import { FileTable, type FileTableParts } from '../corpus/file-table.ts';
import { Findings } from '../corpus/findings.ts';
import { Layout, sliceOf } from '../corpus/grid.ts';
import { shareOf, type Share } from '../corpus/assignment.ts';
import type { Communicator } from '../mpi/communicator.ts';
import { broadcastBytes } from './agree.ts';
import { outlineOf, type Outline } from './plan/plan.ts';
import type { Preparation, Terms } from './prepare.ts';

/** What a rank is to do. */
export interface Job {
  readonly plan: Outline;
  readonly terms: Terms;
  readonly share: Share;
  /** Where this rank's sums begin, one for each pattern: on rank 0, with the counts of what earlier runs counted. */
  readonly sums: BigUint64Array;
  /** What was found out about texts, in the same way. */
  readonly findings: Findings;
}

/**
 * Tells every rank what it is to do. No rank but the first hears of files that it does not count, of which there may be millions.
 * @param prepared On rank 0.
 */
export async function handOut(world: Communicator, prepared: Preparation | undefined): Promise<Job> {
  const shareFor = prepared && shares(prepared, world.size);
  // Rank 0 needs none to be sent.
  const sent = shareFor && [
    Buffer.of(),
    ...Array.from({ length: world.size - 1 }, (_, before) => encodeShare(shareFor(before + 1))),
  ];
  const common = await broadcastBytes(
    world,
    prepared && encode({ plan: outlineOf(prepared.plan), terms: prepared.terms } satisfies Common),
  );
  const { plan, terms } = decode(common) as Common;
  const received = await world.scatter(sent, 0);
  return {
    plan,
    terms,
    share: shareFor?.(0) ?? decodeShare(received),
    sums: prepared?.counted ?? new BigUint64Array(plan.patterns.length),
    findings: prepared?.findings ?? new Findings(),
  };
}

/** A rank's share, by its number. */
function shares({ plan: { files, grid }, missing }: Preparation, ranks: number): (rank: number) => Share {
  const layout = new Layout(files.parts.sizes, grid);
  return (rank) => shareOf(sliceOf(rank, ranks, missing), files, layout);
}

/** What is the same for all ranks. */
type Common = Pick<Job, 'plan' | 'terms'>;

type SentShare = Omit<Share, 'files'> & { readonly parts: FileTableParts };

function encodeShare({ files: { parts }, ...rest }: Share): Uint8Array {
  return encode({ ...rest, parts } satisfies SentShare);
}

function decodeShare(bytes: Uint8Array): Share {
  const { parts, ...rest } = decode(bytes) as SentShare;
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
