import { stat } from 'node:fs';

import { agree } from '../job/agree.ts';
import type { Communicator } from '../mpi/communicator.ts';
import { LaunchError } from '../mpi/errors.ts';
import { holdThreads, type HeldThreads } from '../scan/threads.ts';

// For what else Node does with its threads, such as writing logs, while blocks are being counted.
const others = 3;
const nodesDefault = 4;
const libuvMax = 1024;

/** Rank 0 alone looks at all files: at so many at once, where that takes long. */
export const concurrentChecks = 16;

/**
 * Has Node's pool, in which blocks are counted, hold so many threads more than it needs for itself, and some at least. Only before
 * anything has been done in it: then it is made, for good.
 * https://nodejs.org/docs/latest-v20.x/api/cli.html#uv_threadpool_sizesize
 */
export function reserveThreads(threads: number, minThreads = nodesDefault, environment = process.env): void {
  const given = environment['UV_THREADPOOL_SIZE'] ?? '';
  // What is no number libuv takes for 1.
  const wanted = /^[0-9]+$/.test(given) ? Number(given) : 0;
  const size = Math.min(libuvMax, Math.max(minThreads, threads + others, wanted));
  environment['UV_THREADPOOL_SIZE'] = String(size);
}

/**
 * Starts the threads of Node's pool on all ranks. Checks first that they can be started, as libuv aborts the process where one
 * cannot (https://github.com/libuv/libuv/blob/v1.46.0/src/threadpool.c, init_threads). All ranks of a host hold theirs for this check
 * at the same time, since they share its limits. MPI has to have started, as it has threads of its own.
 * @throws AgreedFailure on all ranks, with a LaunchError where threads could not be started.
 */
export async function startThreads(
  world: Communicator,
  environment = process.env,
  hold: (count: number) => HeldThreads = holdThreads,
): Promise<void> {
  let held: HeldThreads | undefined;
  await agree(world, () => {
    const count = Number(environment['UV_THREADPOOL_SIZE']);
    held = hold(count);
    if (held.reason === '') return;
    throw new LaunchError(
      `cannot start ${count} threads, only ${held.started}: ${held.reason}; raise the limit on processes and threads (ulimit -u, ` +
        'pids.max of the control group) or on memory (ulimit -v), or start fewer ranks on this host or fewer --threads',
    );
  }).finally(() => held?.release());
  stat('/', () => undefined);
}
