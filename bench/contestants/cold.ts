import { execFileSync } from 'node:child_process';

import type { Contestant } from './contestant.ts';

/** The same, with its input out of the page cache whenever it starts. */
export function cold(contestant: Contestant): Contestant {
  const { input } = contestant;
  const before = () => {
    contestant.before?.();
    for (const file of input.files) dropFromCache(file);
    touchMemory(2 * input.bytes);
  };
  return { ...contestant, before };
}

function dropFromCache(file: string): void {
  // With nothing to copy, this is posix_fadvise(POSIX_FADV_DONTNEED) on all of the file.
  execFileSync('dd', [`if=${file}`, 'iflag=nocache', 'count=0'], { stdio: 'ignore' });
  const left = execFileSync('fincore', ['--bytes', '--noheadings', '--output', 'RES', file], { encoding: 'utf8' });
  if (Number(left) !== 0) throw new Error(`${left.trim()} bytes of ${file} stay in the page cache: is it mapped?`);
}

/**
 * Writes into as much memory and frees it. A virtual machine may give free memory back to its host (the kernel's page reporting),
 * and then whoever fills it first waits for the host: up to 5 s for 4 GiB, several times as long as the disk takes.
 */
function touchMemory(bytes: number): void {
  const piece = 2 ** 26;
  const program = `Array.from({ length: ${Math.ceil(bytes / piece)} }, () => Buffer.alloc(${piece}, 1))`;
  execFileSync(process.execPath, ['-e', program]);
}
