import { readFileSync } from 'node:fs';

/** Returns the parent of a process, by proc_pid_status(5). @throws Error without /proc, or when there is no such process. */
export function parentOf(pid: number): number {
  if (pid === process.pid) return process.ppid;
  return Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}

/** Yields the IDs of the processes that started this one, at most `max`, the nearest first. @throws Error as parentOf(). */
export function* ancestors(max: number): Generator<number> {
  for (let pid = process.ppid, count = 0; pid > 0 && count < max; pid = parentOf(pid), count += 1) yield pid;
}
