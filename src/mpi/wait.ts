import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

import type { NativeRequest } from './native.ts';

const immediateTests = 20;
const maxPauseMilliseconds = 4;

/** Waits for an operation without keeping the core busy. MPI offers no file descriptor to wait on, so the request is polled. */
export async function wait(request: NativeRequest): Promise<void> {
  for (let tests = 0; !request.test(); tests += 1) {
    // Most operations finish soon; the others are polled less and less often.
    if (tests < immediateTests) await nextTurn();
    else await sleep(Math.min(maxPauseMilliseconds, tests / immediateTests));
  }
}

/**
 * Waits for an operation that moves much data and that all ranks have begun, or are about to begin. MPI moves data in parts, only while a
 * rank tests, and often only one for each test: a pause after each test would take longer than the data.
 */
export async function waitForData(request: NativeRequest): Promise<void> {
  while (!request.test()) await nextTurn();
}
