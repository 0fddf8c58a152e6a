import { mpis, type Mpi } from '../../test/support/job.ts';
import { nameOfMpi } from '../contestants/launch.ts';
import { median } from '../measure.ts';
import { table } from '../report.ts';
import type { LogLines } from './journal.ts';
import { owners, type Lookups, type Opened, type Owner } from './opened.ts';
import { programNames } from './programs.ts';
import type { Calls } from './rank-collectives.ts';
import type { Memory } from './rank-memory.ts';
import type { PlanAndJournal } from './rank-plan.ts';
import type { StartUp } from './start-up.ts';
import type { Timed } from './timed.ts';

export interface OperationsJob {
  readonly mpi: Mpi;
  readonly ranks: number;
  readonly timed: readonly Timed[];
}

export interface MemoryJob {
  readonly mpi: Mpi;
  readonly ranks: number;
  readonly threads: number;
  readonly files: string;
  readonly patterns: string;
  readonly memories: readonly Memory[];
}

export function startUpTable(results: readonly StartUp[], mpi: Mpi): string {
  const ranks = [...new Set(results.map((result) => result.ranks))];
  return table(
    ['ranks', ...programNames],
    ranks.map((count) => [
      String(count),
      ...programNames.map((name) => {
        const found = results.find((one) => one.mpi === mpi && one.ranks === count && one.program === name);
        return found ? `${median(found.seconds).toFixed(3)} / ${median(found.cpuSecondsPerRank).toFixed(3)}` : '';
      }),
    ]),
  );
}

export function operationsTable(jobs: readonly OperationsJob[], mpi: Mpi): string {
  const own = jobs.filter((job) => job.mpi === mpi);
  return table(
    ['operation', ...own.map(({ ranks }) => `${ranks}`)],
    (own[0]?.timed ?? []).map(({ name }, index) => [
      name,
      ...own.map(({ timed }) => {
        const { seconds = [], cpuSeconds = [] } = timed[index] ?? {};
        return `${milliseconds(median(seconds))} / ${milliseconds(median(cpuSeconds))}`;
      }),
    ]),
  );
}

export function callsTable(calls: readonly [Calls, Calls]): string {
  const names = Object.keys(calls[0]);
  const line = (title: string, of: Calls) => {
    const numbers = names.map((name) => of[name] ?? 0);
    return [title, ...numbers.map(String), String(numbers.reduce((sum, number) => sum + number, 0))];
  };
  return table(['count', ...names, 'all'], [line('without logs', calls[0]), line('with --log-dir', calls[1])]);
}

export function openedTable(results: readonly Opened[]): string {
  const cells = (lookups: Record<Owner, Lookups>) =>
    owners.map((owner) => `${rounded(lookups[owner].opened)} + ${rounded(lookups[owner].other)}`);
  return table(
    ['MPI', 'program', 'ranks', 'of which', ...owners],
    results.flatMap(({ mpi, program, ranks, rank0, others }) => {
      const head = [nameOfMpi[mpi], program, String(ranks)];
      return [[...head, 'rank 0', ...cells(rank0)], ...(others ? [[...head, 'others', ...cells(others)]] : [])];
    }),
  );
}

export function memoryTable(jobs: readonly MemoryJob[]): string {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
  return table(
    [
      'MPI',
      'files',
      'patterns',
      'ranks',
      'threads',
      'peak a rank',
      'after: resident',
      'of which private',
      'all ranks, private',
    ],
    jobs.map(({ mpi, files, patterns, ranks, threads, memories }) => {
      const middle = (kind: keyof Memory) => median(memories.map((memory) => memory[kind]));
      const all = memories.reduce((sum, memory) => sum + memory.private, 0);
      const figures = [middle('peak'), middle('resident'), middle('private'), all].map(megabytes);
      return [nameOfMpi[mpi], files, patterns, String(ranks), String(threads), ...figures];
    }),
  );
}

export function plansTable({ plans }: PlanAndJournal): string {
  return table(
    ['plan', 'bytes', 'encode ms', 'identity ms', 'memory MB'],
    plans.map(({ name, bytes, encodeSeconds, identitySeconds, memoryBytes }) => [
      name,
      String(bytes),
      ...[encodeSeconds, identitySeconds].map(milliseconds),
      (memoryBytes / 1e6).toFixed(2),
    ]),
  );
}

export function logLinesTable(lines: readonly LogLines[]): string {
  return table(
    ['patterns', 'bytes of the line of a block of 64 MiB', 'bytes of all other lines of a rank'],
    lines.map(({ patterns, block, others }) => [patterns, String(block), String(others)]),
  );
}

export function journalsTable({ journals }: PlanAndJournal): string {
  return table(
    ['blocks', 'bytes', 'ms to read', 'us a block', 'MB/s'],
    journals.map(({ lines, bytes, seconds }) => [
      String(lines),
      String(bytes),
      milliseconds(seconds),
      ((seconds / lines) * 1e6).toFixed(1),
      (bytes / seconds / 1e6).toFixed(0),
    ]),
  );
}

/** The same table for each MPI, with its name. */
export function forEachMpi(make: (mpi: Mpi) => string): string {
  return mpis.map((mpi) => `${nameOfMpi[mpi]}:\n\n${make(mpi)}`).join('\n');
}

function milliseconds(seconds: number): string {
  return (seconds * 1000).toPrecision(3);
}

function rounded(number: number): string {
  return number.toFixed(1).replace(/\.0$/, '');
}
