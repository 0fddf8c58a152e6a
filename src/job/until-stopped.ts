import { setTimeout as sleep } from 'node:timers/promises';

import type { StopNotice } from './stop.ts';

// Longer than a block takes as a rule, and shorter than launchers wait between SIGTERM and SIGKILL (Open MPI: 1 s).
const graceMilliseconds = 400;

/** Passes on what there is until the job is to stop; what is being made then is waited for a moment, and else abandoned. */
export async function* untilStopped<T>(source: AsyncGenerator<T>, stop: StopNotice): AsyncGenerator<T> {
  const late = Symbol('late');
  const givenUp = stop.requested.then(() => sleep(graceMilliseconds, late, { ref: false }));
  while (stop.reason === undefined) {
    const next = await Promise.race([source.next(), givenUp]);
    if (next === late) return; // without source.return(), which would wait
    if ((next as IteratorResult<T>).done === true) return;
    yield (next as IteratorResult<T>).value;
  }
}
