// For what else Node does with its threads, such as writing logs, while blocks are being counted.
const others = 3;
const nodesDefault = 4;

/**
 * Has Node's pool, in which blocks are counted, hold so many threads more than it needs for itself. Only before anything has been
 * done in it: then it is made, for good.
 * https://nodejs.org/docs/latest-v20.x/api/cli.html#uv_threadpool_sizesize
 */
export function reserveThreads(threads: number, environment: NodeJS.ProcessEnv = process.env): void {
  const size = Math.max(nodesDefault, threads + others, Number(environment['UV_THREADPOOL_SIZE']) || 0);
  environment['UV_THREADPOOL_SIZE'] = String(size);
}
