import { nativeScan, type NativeHeldThreads } from './native.ts';

export type HeldThreads = NativeHeldThreads;

/** Starts up to `count` idle threads, to test how many can be started. They end when they are released. */
export function holdThreads(count: number): HeldThreads {
  return nativeScan().holdThreads(count);
}
