import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { findBuilds } from '../../../src/mpi/builds.ts';
import { readLauncher } from '../../../src/mpi/launcher.ts';
import { loadNativeMpi, type NativeMpi } from '../../../src/mpi/native.ts';
import { startSession, type Session } from '../../../src/mpi/session.ts';

/** What a program of these tests works with. `folder` is shared by the ranks and empty at the start. */
export interface Rank {
  readonly session: Session;
  readonly native: NativeMpi;
  readonly folder: string;
}

/** Runs a program as this rank, and leaves what it answers in the folder that is its first argument. */
export function runRank(program: (rank: Rank) => Promise<unknown>): void {
  const [folder = ''] = process.argv.slice(2);
  const session = startSession(readLauncher(process.env));
  // The addon that the session has loaded: Node loads it once.
  const native = loadNativeMpi(findBuilds().find(({ name }) => name === session.build)!);
  program({ session, native, folder })
    .then((answer) => {
      writeFileSync(join(folder, `rank-${session.world.rank}.json`), JSON.stringify(answer, plain));
      session.finalize();
    })
    .catch((error: unknown) => {
      console.error(error);
      session.world.abort(99);
    });
}

/** Typed arrays as lists, and exact integers as text such as `9007199254740993n`. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return ArrayBuffer.isView(value) ? Array.from<unknown>(value as Uint8Array | BigUint64Array) : value;
}
