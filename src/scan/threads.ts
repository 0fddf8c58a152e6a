import { nativeScan, type NativeHeldThreads } from './native.ts';

export type HeldThreads = NativeHeldThreads;

/** Starts so many threads, which do nothing until they are released, to see whether so many can be started. */
export function holdThreads(count: number): HeldThreads {
  return nativeScan().holdThreads(count);
}
