import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { besideBefore, beforeAndAfter } from './before.ts';
import type { Contestant } from './contestants/contestant.ts';
import { Limits } from './contestants/limits.ts';
import { filesOpened } from './files-opened.ts';
import { checkGoals } from './goals.ts';
import { full, Inputs, quick } from './inputs/inputs.ts';
import { machine, measuredNow } from './machine.ts';
import { endRunning, measure, type Rounds } from './measure.ts';
import { measuredIn, type RowResult } from './measured.ts';
import { readOptions, usage, type Options } from './options.ts';
import { report } from './report.ts';
import type { Row } from './row.ts';
import { earlierRows, updated } from './update.ts';

function optionsOrEnd(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`bench: ${(error as Error).message}; ${usage}`);
    process.exit(2);
  }
}

async function measureRow(
  { name, what }: Row,
  contestants: () => readonly Contestant[],
  rounds: Rounds,
): Promise<RowResult> {
  const measured = measuredNow();
  try {
    return { name, what, measured, timings: await measure(contestants(), rounds) };
  } catch (error) {
    console.error(`bench: ${name}: FAILED: ${(error as Error).message}`);
    return { name, what, measured, timings: [], error: (error as Error).message };
  }
}

// As the job scripts do: Node would read and parse these at each start.
delete process.env['NODE_EXTRA_CA_CERTS'];
const options = optionsOrEnd();
const scratch = join(options.folder, `scratch-${process.pid}`);
mkdirSync(scratch, { recursive: true });
process.on('exit', () => {
  endRunning();
  rmSync(scratch, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));

const means = {
  inputs: new Inputs(options.folder, options.quick ? quick : full),
  limits: new Limits(scratch),
  scratch,
};
// First what is quick: when it fails, nothing is lost.
const where = { ...machine(), inputs: options.quick ? 'quick: small, to see that the bench works' : 'full' };
const opened = await filesOpened(means);
const rows: RowResult[] = [];
for (const [index, row] of options.rows.entries()) {
  console.error(
    `bench: ${index + 1} of ${options.rows.length}: ${row.name} (${Math.round(performance.now() / 1000)} s)`,
  );
  const contestants = () => {
    const all = row.contestants(means);
    return options.before === undefined ? all : besideBefore(all, options.before);
  };
  rows.push(await measureRow(row, contestants, { runs: options.runs, warm: !options.quick }));
}
const shownRows = options.update && options.out !== undefined ? updated(earlierRows(options.out), rows) : rows;
const results = { machine: where, rows: shownRows, goals: checkGoals(measuredIn(shownRows, opened)) };
const shown = options.before === undefined ? report(results) : beforeAndAfter(rows);
console.log(shown);
if (options.out !== undefined) {
  mkdirSync(options.out, { recursive: true });
  writeFileSync(join(options.out, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(join(options.out, 'results.md'), shown);
}
const failed = rows.filter(({ error }) => error !== undefined).map(({ name }) => name);
if (failed.length > 0) {
  console.error(`bench: failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
