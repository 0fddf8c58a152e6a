// For what else Node does with its threads, such as writing logs, while blocks are being counted.
const others = 3;
const nodesDefault = 4;
const libuvMax = 1024;

/** Rank 0 alone looks at all files: at so many at once, where that takes long. */
export const lookupsAtOnce = 16;

/**
 * Has Node's pool, in which blocks are counted, hold so many threads more than it needs for itself, and some at least. Only before
 * anything has been done in it: then it is made, for good.
 * https://nodejs.org/docs/latest-v20.x/api/cli.html#uv_threadpool_sizesize
 */
export function reserveThreads(threads: number, least = nodesDefault, environment = process.env): void {
  const given = environment['UV_THREADPOOL_SIZE'] ?? '';
  // What is no number libuv takes for 1.
  const wanted = /^[0-9]+$/.test(given) ? Number(given) : 0;
  const size = Math.min(libuvMax, Math.max(least, threads + others, wanted));
  environment['UV_THREADPOOL_SIZE'] = String(size);
}
