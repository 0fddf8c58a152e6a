import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { packageRoot } from '../../src/base/package.ts';
import { mpis } from '../../test/support/job.ts';
import { Limits } from '../contestants/limits.ts';
import { full, Inputs } from '../inputs/inputs.ts';
import { machine } from '../machine.ts';
import { table } from '../report.ts';
import { measureAll } from './measure-all.ts';
import { Programs } from './programs.ts';
import { RankProgram } from './rank-program.ts';

const usage = 'usage: npm run bench:scaling -- [--ranks N,...] [--runs N] [--out FILE]';

function readOptions(): { ranks: number[]; runs: number; out: string | undefined } {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({ options: { ranks: string, runs: string, out: string } });
  const number = (text: string) => {
    if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
    throw new Error(`'${text}' is not a number`);
  };
  const whole = values.ranks === undefined && values.runs === undefined;
  return {
    ranks: (values.ranks ?? '1,2,4,8,16,32,64').split(',').map(number),
    runs: number(values.runs ?? '5'),
    out: values.out ?? (whole ? join(packageRoot, 'bench', 'scaling-measured.md') : undefined),
  };
}

function optionsOrEnd(): ReturnType<typeof readOptions> {
  try {
    return readOptions();
  } catch (error) {
    console.error(`bench:scaling: ${(error as Error).message}; ${usage}`);
    process.exit(2);
  }
}

// As the job scripts do: Node would read and parse these at each start.
delete process.env['NODE_EXTRA_CA_CERTS'];
const { ranks, runs, out } = optionsOrEnd();
const folder = process.env['MPICOUNT_BENCH_DIR'] ?? join(packageRoot, '.bench');
const scratch = join(folder, `scaling-${process.pid}`);
mkdirSync(scratch, { recursive: true });
const rankProgram = new RankProgram(scratch);
process.on('exit', () => {
  rankProgram.remove();
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const sections = await measureAll({
  programs: new Programs(new Limits(scratch), scratch),
  rankProgram,
  inputs: new Inputs(folder, full),
  scratch,
  ranks,
  runs,
});
const report = [
  '# The parts of a count, measured on up to 64 ranks\n',
  'Made by `npm run bench:scaling`; scaling.md says what follows from it. Medians. "a / b" is wall time / CPU time a rank.',
  'All ranks share the cores of one machine: with more ranks than cores, wall times are mostly waiting for a core, and only',
  'the CPU times a rank tell what a rank costs.\n',
  table(['what', 'which'], Object.entries(machine())),
  ...sections.map(({ title, text }) => `## ${title}\n\n${text}`),
].join('\n');
console.log(report);
if (out !== undefined) writeFileSync(out, report);
console.error(`bench:scaling: ${mpis.join(' and ')}: done`);
