import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { compileKernel } from '../../../src/job/compile.ts';
import { valueOf } from '../../../src/job/agree.ts';
import { tallyOf } from '../../../src/tally/tallies.ts';
import { runRank } from './rank.ts';

// Compiles 100,000 patterns as a job does. Each rank answers by whom its patterns were compiled, and how many descriptors it has open.

const patterns = byteStrings(Array.from({ length: 100_000 }, (_, index) => Buffer.from(`pattern ${index}`)));
const options = { ignoreCase: false, word: false, overlapping: false };

runRank(async ({ session: { world }, folder }) => {
  const own = join(folder, `process-${world.rank}`);
  writeFileSync(own, String(process.pid));
  const kernel = valueOf(await compileKernel(world, tallyOf({ kind: 'count', patterns, options })));
  const shared = await kernel.ready();
  const first = Number(readFileSync(join(folder, 'process-0')));
  const maps = readFileSync('/proc/self/maps', 'latin1');
  const descriptors = readdirSync('/proc/self/fd');
  const open = descriptors.filter((name) => linkOf(name).includes('mpicount-patterns'));
  return { isOfFirst: shared?.process === first, isMapped: maps.includes('mpicount-patterns'), open: open.length };
});

/** Returns what a descriptor of this process is; empty if it has been closed. */
function linkOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}
