import type { Assignment } from '../../corpus/assignment.ts';
import type { ControlChannel } from '../control/control-channel.ts';
import type { Job } from '../job.ts';
import type { AssignmentChecker } from './checked-assignment.ts';
import { DynamicSchedule } from './dynamic-schedule.ts';
import type { Assigner, CheckedAssignment, Schedule } from './schedule.ts';
import { StaticSchedule } from './static-schedule.ts';

/** How often ranks look for messages of a job whose ranks are assigned blocks while they count, in milliseconds. */
export const pollMillisecondsOfDynamic = 5;

/** Requests for further assignments of a round. */
export interface Requests {
  readonly ranks: number;
  /** Requests at least so many blocks; an assignment without blocks is the last. */
  readonly request: (blocks: number) => Promise<Assignment>;
}

/**
 * Returns how this rank requests further assignments; undefined if the schedule is static. On rank 0, the requests of all ranks
 * are answered with assignments of this job from now on. Every rank must call this, in the turn of the event loop in which the
 * channel was opened, or, in a later round, before any rank may request an assignment.
 */
export function openRequests({ settings, assigner }: Job, channel: ControlChannel | undefined): Requests | undefined {
  if (settings.schedule === 'static' || !channel) return undefined;
  return { ranks: channel.size, request: assigner ? serve(channel, assigner) : requestFrom(channel) };
}

/**
 * Opens the schedule of this rank.
 * @param checker Checks what is assigned to this rank after `first`.
 * @param requests Undefined if the schedule is static.
 */
export function openSchedule(
  { plan, settings }: Job,
  first: CheckedAssignment,
  checker: AssignmentChecker,
  requests: Requests | undefined,
  stop: AbortSignal,
): Schedule {
  if (!requests) return new StaticSchedule(first, stop);
  return new DynamicSchedule(first, {
    bytes: plan.bytes / requests.ranks,
    threads: settings.threads,
    ask: async (blocks) => checker.check(await requests.request(blocks)),
    stop,
  });
}

type Request = Requests['request'];

/** Answers the requests of the other ranks. @returns The function that answers those of this rank. */
function serve(channel: ControlChannel, assigner: Assigner): Request {
  channel.on('want', ({ blocks }, from) => {
    channel.send({ type: 'assign', assignment: assigner.next(blocks) }, from);
  });
  return (blocks) => Promise.resolve(assigner.next(blocks));
}

/** Returns a function that requests an assignment of rank 0; a request must not begin before the one before is answered. */
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
