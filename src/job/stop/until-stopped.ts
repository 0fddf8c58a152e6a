// Longer than most blocks take, and shorter than the time between SIGTERM and SIGKILL of launchers (Open MPI: 1 s).
const graceMilliseconds = 400;

/** Yields items until `stop` is aborted. */
export function* takeUntilStopped<T>(items: Iterable<T>, stop: AbortSignal): Generator<T> {
  for (const item of items) {
    if (stop.aborted) return;
    yield item;
  }
}

/** Returns a signal that is aborted a grace period after `stop`. The timer does not keep the process alive. */
export function afterGracePeriod(stop: AbortSignal): AbortSignal {
  const overdue = new AbortController();
  onAbort(stop, () => {
    setTimeout(() => {
      overdue.abort(stop.reason);
    }, graceMilliseconds).unref();
  });
  return overdue.signal;
}

/**
 * Yields from `source` until it is done or `overdue` is aborted; the items then in progress are not awaited, and their failures
 * are ignored.
 * @param source It must begin nothing new after a stop; see takeUntilStopped().
 */
export async function* drainUntilOverdue<T>(source: AsyncGenerator<T>, overdue: AbortSignal): AsyncGenerator<T> {
  let leave: () => void = () => undefined;
  const onOverdue = () => {
    leave();
  };
  onAbort(overdue, onOverdue);
  try {
    while (!overdue.aborted) {
      // Promise.race() would leak a reaction for each item as long as its other promise is pending.
      // https://github.com/nodejs/node/issues/17469
      const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
        leave = () => {
          resolve(undefined);
        };
        source.next().then(resolve, reject);
      });
      if (!next || next.done === true) return; // source.return() would wait for the item in progress
      yield next.value;
    }
  } finally {
    overdue.removeEventListener('abort', onOverdue);
  }
}

/** Calls `action` when `signal` is aborted, or at once if it is already. */
export function onAbort(signal: AbortSignal, action: () => void): void {
  if (signal.aborted) action();
  else signal.addEventListener('abort', action, { once: true });
}
