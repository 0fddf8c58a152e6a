import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';
import { mpis, program, run, type Mpi } from '../../test/support/job.ts';
import { launch } from '../contestants/launch.ts';
import { programNames, type Programs } from './programs.ts';

/** Whose files they are. */
export const owners = ['project', 'input', 'logs', 'Node', 'system and MPI', 'temporary', 'kernel'] as const;
export type Owner = (typeof owners)[number];

/** System calls that name a file. */
export interface Lookups {
  /** Files or folders that were opened. */
  opened: number;
  /** All other calls: that found no file to open, or only looked at one. */
  other: number;
}

export interface Opened {
  readonly mpi: Mpi;
  readonly ranks: number;
  readonly program: string;
  readonly rank0: Record<Owner, Lookups>;
  /** The mean over all ranks but rank 0; undefined when there are none. */
  readonly others: Record<Owner, Lookups> | undefined;
}

/** What each rank asks of file systems, by strace. */
export async function measureOpened(programs: Programs, counts: readonly number[]): Promise<Opened[]> {
  const results: Opened[] = [];
  for (const mpi of mpis) {
    for (const ranks of counts) {
      for (const name of programNames) {
        results.push(await traced(mpi, ranks, name, programs.command(name, mpi, ranks), programs));
      }
    }
  }
  return results;
}

/** How many of the lookups of one rank are of the input, when that is many small files. */
export async function lookupsPerFile(programs: Programs, files: readonly string[]): Promise<Lookups> {
  const list = join(dirname(programs.newLogDir()), 'list');
  writeFileSync(list, files.join('\n'));
  const command = [process.execPath, program, 'count', '-e', 'love', '--files-from', list];
  const { rank0 } = await traced('openmpi', 1, 'many files', command, programs);
  return { opened: rank0.input.opened / files.length, other: rank0.input.other / files.length };
}

// Each rank traces itself: so what the launcher does is not counted.
const script = 'rank=${OMPI_COMM_WORLD_RANK-$PMI_RANK}; exec strace -f -qq -s 4096 -e trace=%file -o "$0/$rank" "$@"';

async function traced(mpi: Mpi, ranks: number, name: string, rank: string[], programs: Programs): Promise<Opened> {
  const folder = programs.newLogDir().replace(/logs-(\d+)$/, 'trace-$1');
  mkdirSync(folder);
  const { command, environment } = launch(mpi, ranks);
  const outcome = await run([...command, 'bash', '-c', script, folder, ...rank], { timeoutSeconds: 300, environment });
  if (outcome.status !== 0) throw new Error(`${name}, strace: status ${outcome.status}: ${outcome.stderr}`);
  const scratch = dirname(folder);
  const lookups = Array.from({ length: ranks }, (_, each) =>
    count(readFileSync(join(folder, String(each)), 'utf8'), scratch),
  );
  const [rank0 = none(), ...others] = lookups;
  return { mpi, ranks, program: name, rank0, others: others.length === 0 ? undefined : mean(others) };
}

function count(trace: string, scratch: string): Record<Owner, Lookups> {
  const sums = none();
  // A call during which another thread's came is in two lines, of which the first has the path and the second the result.
  const cutOff = new Map<string, string>();
  for (const line of trace.split('\n')) {
    const [, thread = '', text = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (text.endsWith('<unfinished ...>')) cutOff.set(thread, text);
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    const call = resumed ? (cutOff.get(thread) ?? '').replace('<unfinished ...>', resumed[1] ?? '') : text;
    const [, kind = '', path, result = ''] = /^(\w+)\((?:[^"]*)"([^"]*)".* = (-?\d+|\?)/.exec(call) ?? [];
    // An empty path is a file that is open already, and getcwd looks for none.
    if (path === undefined || path === '' || kind === 'getcwd') continue;
    const owner = sums[ownerOf(path, scratch)];
    if (kind.startsWith('open') && Number(result) >= 0) owner.opened += 1;
    else owner.other += 1;
  }
  return sums;
}

function ownerOf(path: string, scratch: string): Owner {
  const below = (folder: string) => path === folder || path.startsWith(folder + sep);
  if (below(join(scratch, 'input'))) return 'input';
  if (path.startsWith(join(scratch, 'logs-'))) return 'logs';
  if (['/proc', '/sys', '/dev/null', '/dev/urandom'].some(below)) return 'kernel';
  if (path === process.execPath) return 'Node';
  if (below(packageRoot)) return 'project';
  if (['/tmp', '/dev/shm', '/run'].some(below)) return 'temporary';
  return 'system and MPI';
}

function none(): Record<Owner, Lookups> {
  const entries = owners.map((owner) => [owner, { opened: 0, other: 0 }] as const);
  return Object.fromEntries(entries) as Record<Owner, Lookups>;
}

function mean(all: readonly Record<Owner, Lookups>[]): Record<Owner, Lookups> {
  const result = none();
  for (const owner of owners) {
    for (const kind of ['opened', 'other'] as const) {
      result[owner][kind] = all.reduce((sum, one) => sum + one[owner][kind], 0) / all.length;
    }
  }
  return result;
}
