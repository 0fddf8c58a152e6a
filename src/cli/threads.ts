import { stat } from 'node:fs';

import { agree } from '../job/agree.ts';
import type { Communicator } from '../mpi/communicator.ts';
import { LaunchError } from '../mpi/errors.ts';
import { holdThreads, type HeldThreads } from '../scan/threads.ts';

// Threads for Node's other work during counting, such as writing logs.
const others = 3;
const nodesDefault = 4;
const libuvMax = 1024;

/** The maximum number of files that rank 0, which alone checks all files, checks concurrently on a slow file system. */
export const concurrentChecks = 16;

/**
 * Sizes libuv's thread pool: `threads` for counting plus what Node needs, at least `minThreads`. Call it before the pool's first
 * use; the size is fixed from then on.
 * https://nodejs.org/docs/latest-v20.x/api/cli.html#uv_threadpool_sizesize
 */
export function reserveThreads(threads: number, minThreads = nodesDefault, environment = process.env): void {
  const given = environment['UV_THREADPOOL_SIZE'] ?? '';
  // libuv reads any other text as 1.
  const wanted = /^[0-9]+$/.test(given) ? Number(given) : 0;
  const size = Math.min(libuvMax, Math.max(minThreads, threads + others, wanted));
  environment['UV_THREADPOOL_SIZE'] = String(size);
}

/**
 * Starts the threads of libuv's pool on all ranks. It first checks that they can be started, because libuv aborts the process if
 * one cannot (https://github.com/libuv/libuv/blob/v1.46.0/src/threadpool.c, init_threads). The ranks of a host share its limits, so
 * all of them hold their threads for this check at the same time. Call it after MPI_Init, which starts threads, too.
 * @throws AgreedFailure on all ranks, caused by a LaunchError, if a rank cannot start its threads.
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
