import type { Mpi, Outcome } from './job.ts';
import { ownLines } from './job.ts';

const rows = new Map<string, Partial<Record<Mpi, Outcome>>>();

/** Records the outcome of a kind of bad input for the table. */
export function record(name: string, mpi: Mpi, outcome: Outcome): void {
  rows.set(name, { ...rows.get(name), [mpi]: outcome });
}

/** Formats the recorded bad inputs, each with its exit status under both MPIs and mpicount's message. */
export function table(): string {
  const lines = [...rows].map(([name, { openmpi, mpich }]) => {
    const said = [openmpi, mpich].flatMap((outcome) => (outcome ? ownLines(outcome) : []));
    const message = (said[0] ?? '(nothing of its own)').replace(/\/\S*mpicount-test-\w+\//g, '').slice(0, 150);
    return `${name.padEnd(44)} ${status(openmpi)} ${status(mpich)}  ${message}`;
  });
  return ['', `${'bad input'.padEnd(42)} Open MPI MPICH  message`, ...lines, ''].join('\n');
}

function status(outcome: Outcome | undefined): string {
  return String(outcome?.status ?? '-').padStart(6);
}
