import type { StopNotice } from './stop.ts';

// Longer than most blocks take, and shorter than the time between SIGTERM and SIGKILL of launchers (Open MPI: 1 s).
const graceMilliseconds = 400;

/** Yields items until a stop is requested. */
export function* takeUntilStopped<T>(items: Iterable<T>, stop: StopNotice): Generator<T> {
  for (const item of items) {
    if (stop.reason !== undefined) return;
    yield item;
  }
}

/**
 * Yields from `source` until a stop is requested; the items in progress then get a grace period and are abandoned after it.
 * @param source It must begin nothing new after a stop was requested; see takeUntilStopped().
 * @param abandon Makes the items in progress fail.
 */
export async function* drainUntilStopped<T>(
  source: AsyncGenerator<T>,
  stop: StopNotice,
  abandon: () => void,
): AsyncGenerator<T> {
  let giveUp: () => void = () => undefined;
  void stop.requested.then(() => {
    setTimeout(() => {
      giveUp();
    }, graceMilliseconds).unref();
  });
  for (;;) {
    // Promise.race() would leak a reaction for each item as long as `requested` is pending.
    // https://github.com/nodejs/node/issues/17469
    const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
      giveUp = () => {
        abandon();
        resolve(undefined);
      };
      source.next().then(resolve, reject);
    });
    if (!next || next.done === true) return; // source.return() would wait for the item in progress
    yield next.value;
  }
}
