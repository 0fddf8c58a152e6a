import { FileTable, type FileTableParts } from '../corpus/file-table.ts';
import { Findings } from '../scan/findings.ts';
import type { Communicator } from '../mpi/communicator.ts';
import { noRows } from '../tally/row-keys.ts';
import { tallyOf, withFewPatterns } from '../tally/tallies.ts';
import { broadcastBytes } from './agree.ts';
import type { Job, PreparedJob } from './job.ts';
import { firstInEachFormat } from './libraries.ts';
import { planHeader } from './plan/plan.ts';
import { makeAssigner } from './schedule/assigner.ts';
import { decodeAssignment, encodeAssignment } from './schedule/assignment-message.ts';
import { copyOf, decode, encode } from './structured-clone.ts';

/**
 * Distributes the job: a broadcast of what all ranks need and a scatter of first assignments. A corpus may have millions of files, so
 * each rank but rank 0 is sent its own files only. Every rank must call this.
 * @param prepared Given on rank 0; undefined on the other ranks.
 */
export async function distribute(world: Communicator, prepared: PreparedJob | undefined): Promise<Job> {
  const assigner = prepared && makeAssigner(prepared, world.size);
  const first = assigner?.first(0);
  // Rank 0 already has its own assignment.
  const sent = assigner && [
    Buffer.of(),
    ...Array.from({ length: world.size - 1 }, (_, before) => encodeAssignment(assigner.first(before + 1))),
  ];
  // Rank 0 keeps its own, and not a second copy of all patterns.
  const own = prepared && commonOf(prepared);
  const common = await broadcastBytes(world, own && encode(own));
  const { plan, settings, decoded } = own ?? (decode(common) as Common);
  const received = await world.scatter(sent, 0);
  const findings = new Findings();
  if (prepared) findings.addAll(prepared.findings);
  const totals = noRows(tallyOf(plan.spec));
  if (prepared) totals.addAll(prepared.counted);
  const assignment = first ?? decodeAssignment(received);
  return {
    plan,
    settings,
    assignment,
    // The layout of all files takes memory.
    assigner: settings.schedule === 'dynamic' ? assigner : undefined,
    // Not in the memory of the patterns, which need not stay.
    decoded: decoded ? new FileTable(copyOf(decoded)) : assignment.files,
    totals,
    findings,
  };
}

/**
 * Returns a job with a specification that can no longer show the patterns, for ranks that have compiled them. Its plan is a copy: what was
 * received shares one memory with the patterns.
 */
export function withoutPatterns(job: Job): Job {
  const plan = { ...job.plan, spec: withFewPatterns(job.plan.spec) };
  return { ...job, plan: copyOf(plan) };
}

/** The part of a job that is the same on all ranks. */
interface Common extends Pick<Job, 'plan' | 'settings'> {
  /** See Job.decoded; undefined if a rank needs to know of its own files only. */
  readonly decoded: FileTableParts | undefined;
}

function commonOf({ plan, settings }: PreparedJob): Common {
  const decoded = settings.schedule === 'dynamic' ? firstInEachFormat(plan.files).parts : undefined;
  return { plan: planHeader(plan), settings, decoded };
}
