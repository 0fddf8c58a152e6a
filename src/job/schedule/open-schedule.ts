import type { Assignment } from '../../corpus/assignment.ts';
import type { ControlChannel } from '../control/control-channel.ts';
import type { Job } from '../job.ts';
import type { AssignmentChecker, CheckedAssignment } from './checked-assignment.ts';
import { DynamicSchedule } from './dynamic-schedule.ts';
import type { Assigner, Schedule } from './schedule.ts';
import { StaticSchedule } from './static-schedule.ts';

/** How often ranks look for messages of a job whose ranks are assigned blocks while they count, in milliseconds. */
export const pollMillisecondsOfDynamic = 5;

/**
 * Opens the schedule of this rank. Every rank must call this, in the turn of the event loop in which the channel was opened.
 * @param assigner Given on rank 0, which assigns blocks to all ranks.
 * @param checker Checks what is assigned to this rank after `first`.
 * @param channel Undefined only if the schedule is static.
 */
export function openSchedule(
  { plan, settings, assigner }: Job,
  first: CheckedAssignment,
  checker: AssignmentChecker,
  channel: ControlChannel | undefined,
  stop: AbortSignal,
): Schedule {
  if (settings.schedule === 'static' || !channel) return new StaticSchedule(first, stop);
  const request = assigner ? serve(channel, assigner) : requestFrom(channel);
  return new DynamicSchedule(first, {
    bytes: plan.bytes / channel.size,
    threads: settings.threads,
    ask: async (blocks) => checker.check(await request(blocks)),
    stop,
  });
}

type Request = (blocks: number) => Promise<Assignment>;

/** Answers the requests of the other ranks. @returns What answers those of this rank. */
function serve(channel: ControlChannel, assigner: Assigner): Request {
  channel.on('want', ({ blocks }, from) => {
    channel.send({ type: 'assign', assignment: assigner.next(blocks) }, from);
  });
  return (blocks) => Promise.resolve(assigner.next(blocks));
}

/** Returns what requests an assignment of rank 0, one after the other. */
function requestFrom(channel: ControlChannel): Request {
  let take: (assignment: Assignment) => void = () => undefined;
  channel.on('assign', ({ assignment }) => {
    channel.unref();
    take(assignment);
  });
  return (blocks) =>
    new Promise((resolve) => {
      take = resolve;
      channel.ref();
      channel.send({ type: 'want', blocks }, 0);
    });
}
