import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { scanAddon } from '../../src/base/addon.ts';

// SSE instructions are slow while the upper halves of AVX registers are in use. GCC 12 leaves vzeroupper out where a function with
// AVX instructions ends by a call of one without: the search for 11 patterns then took a fifth longer.
test.runIf(process.arch === 'x64')('every function that uses AVX registers clears their upper halves', () => {
  const listing = execFileSync('objdump', ['--disassemble', '--demangle', '--no-show-raw-insn', scanAddon], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  const functions = listing.split('\n\n').filter((text) => text.includes('%ymm'));
  expect(functions.length).toBeGreaterThan(10);
  const unclear = functions.filter((text) => !text.includes('vzeroupper'));
  expect(unclear.map((text) => text.trim().split('\n', 1)[0])).toEqual([]);
});
