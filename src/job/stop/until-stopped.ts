import type { StopNotice } from './stop.ts';

// Longer than a block takes as a rule, and shorter than launchers wait between SIGTERM and SIGKILL (Open MPI: 1 s).
const graceMilliseconds = 400;

/** Hands items out until the job is to stop. */
export function* takeUntilStopped<T>(items: Iterable<T>, stop: StopNotice): Generator<T> {
  for (const item of items) {
    if (stop.reason !== undefined) return;
    yield item;
  }
}

/**
 * Passes on what a source has that begins nothing more once the job is to stop: what is being made then is waited for a moment,
 * and else abandoned.
 * @param abandon Has the source come to an end early.
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
    // Not Promise.race, which would keep something of each round alive as long as `requested` is pending.
    // https://github.com/nodejs/node/issues/17469
    const next = await new Promise<IteratorResult<T> | undefined>((resolve, reject) => {
      giveUp = () => {
        abandon();
        resolve(undefined);
      };
      source.next().then(resolve, reject);
    });
    if (!next || next.done === true) return; // without source.return(), which would wait
    yield next.value;
  }
}
