import { afterAll, beforeAll, expect } from 'vitest';

import { Decoders } from './harness.ts';

/** Builds the program and starts the decoders before the tests of a file, and ends them after these. */
export function useDecoders(program: string, take: (decoders: Decoders) => void): void {
  let decoders: Decoders | undefined;
  beforeAll(() => {
    Decoders.build(program);
    decoders = new Decoders(program);
    take(decoders);
  }, 240_000);
  afterAll(async () => {
    expect(await decoders?.end()).toBe(0);
  });
}
