import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const variable = 'MPICOUNT_CAMPAIGN';

/** What marks a process, and all that it starts, as ours. */
export function tagged(tag: string): Record<string, string> {
  return { [variable]: `${tag}/` };
}

/** The processes of a tag, or of a longer one that begins with it and a slash. Those that only wait to be reaped are none. */
export function processesOf(tag: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environment(name).includes(`\0${variable}=${tag}/`))
    .map(Number);
}

function environment(pid: string): string {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
  } catch {
    return ''; // ended meanwhile, or somebody else's
  }
}

/** Waits for all processes of a tag to end, for so long at most. Returns those that have not. */
export async function waitForEnd(tag: string, seconds: number): Promise<number[]> {
  const giveUp = performance.now() + 1000 * seconds;
  for (;;) {
    const alive = processesOf(tag);
    if (alive.length === 0 || performance.now() > giveUp) return alive;
    await sleep(20);
  }
}

/** For a person who looks for what a process is waiting for. */
export function describe(pid: number): string {
  const read = (name: string) => {
    try {
      return readFileSync(`/proc/${pid}/${name}`, 'latin1').replaceAll('\0', ' ').trim();
    } catch {
      return '?';
    }
  };
  const state = /^State:\s*(.*)$/m.exec(read('status'))?.[1] ?? '?';
  const rank = /(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=(\d+)/.exec(read('environ'))?.[1];
  return `${pid} (${rank === undefined ? read('cmdline').slice(0, 30) : `rank ${rank}`}, ${state}, ${read('wchan')})`;
}

export function killAll(tag: string): void {
  for (const pid of processesOf(tag)) send(pid, 'SIGKILL');
}

/** False when there is no such process any more. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
