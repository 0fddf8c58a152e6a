import type { BlockEvent, StartEvent } from '../../src/job/journal/events.ts';

/** Returns a start event with the given fields. */
export function startEvent(fields: Partial<StartEvent> = {}): StartEvent {
  return {
    event: 'start',
    rank: 0,
    size: 1,
    host: 'node1',
    pid: 1,
    versions: { mpicount: '0.1.0', node: '20.19.0', mpi: 'MPI', kernel: '6.1.0' },
    tally: {},
    threads: 1,
    cores: 1,
    vectors: 'portable',
    io: 'auto',
    schedule: 'static',
    blockSize: 100,
    blocks: 10,
    bytes: 995,
    slice: [],
    ...fields,
  };
}

/** Returns a block event with the given fields. */
export function blockEvent(fields: Partial<BlockEvent> = {}): BlockEvent {
  const none = { begin: 0, end: 100, bytes: 100, readSeconds: 0, scanSeconds: 0 };
  return { event: 'block', block: 0, counts: [0, 0], ...none, ...fields };
}
