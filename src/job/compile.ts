import { closeSync } from 'node:fs';
import type { Communicator } from '../mpi/communicator.ts';
import type { CompiledKernel, SharedPatterns } from '../scan/kernel.ts';
import type { Sharing } from '../scan/patterns.ts';
import type { Tally } from '../tally/tally.ts';
import { broadcastBytes, settle, type Settled } from './agree.ts';
import { decode, encode } from './structured-clone.ts';

/**
 * Compiles the kernel of a job. Many patterns are compiled by one rank of each host, and the other ranks there load them from memory that
 * it shares; a rank that cannot, compiles them itself. Every rank must call this.
 * @returns The kernel, which may still be compiled, or why it cannot be.
 */
export async function compileKernel(world: Communicator, tally: Tally): Promise<Settled<CompiledKernel>> {
  // Other systems have no memory that can be shared in this way.
  if (!tally.isLarge || process.platform !== 'linux') return settle(() => tally.compile());
  const host = await world.splitShared(world.rank);
  const own = host.rank === 0 ? await settle(() => compile(tally, host.size > 1 ? 'to' : undefined)) : undefined;
  const shared = own && 'value' in own ? own.value.shared : undefined;
  const from = decode(await broadcastBytes(host, own && encode(shared))) as SharedPatterns | undefined;
  const compiled = own ?? (await settle(() => compile(tally, { from })));
  // All ranks of the host have opened the memory now.
  await host.barrier();
  if (shared) closeSync(shared.descriptor);
  host.free();
  return 'value' in compiled ? { value: compiled.value.kernel } : compiled;
}

async function compile(tally: Tally, sharing: Sharing | undefined) {
  const kernel = tally.compile(sharing);
  return { kernel, shared: await kernel.ready() };
}
