import { rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';

import { mpis, ownLines, runJob, temporaryFolder, versionOf, type Mpi } from '../support/job.ts';
import { buildPreload } from '../support/preload.ts';

// Jobs that are refused or stopped, again and again: each must end with its own status, with one line and without totals.

interface Ending {
  readonly name: string;
  readonly status: number;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const usage = 'usage: npm run test:campaign -- --statuses [REPETITIONS [MPI...]]';
const rankCounts = [2, 8];
const timeoutSeconds = 120;

function makeEndings(folder: string): Ending[] {
  const file = join(folder, 'text.txt');
  writeFileSync(file, 'love and hate '.repeat(10_000));
  const stopped = ['--io', 'read', '--block-size', '512', '--time-limit', '0.5', '--log-dir', join(folder, 'logs')];
  return [
    { name: 'wrong usage', status: 2, args: ['count', 'love'], environment: {} },
    { name: 'missing file', status: 3, args: ['count', 'love', join(folder, 'none')], environment: {} },
    {
      name: 'time limit',
      status: 85,
      args: ['count', ...stopped, 'love', file],
      environment: buildPreload(folder)({ file, call: 'pread', slow: 100 }),
    },
  ];
}

/** Returns how often each outcome came, those that are right first. Prints what the first job of each other outcome printed. */
async function repeat(
  mpi: Mpi,
  ranks: number,
  ending: Ending,
  times: number,
  folder: string,
): Promise<Map<string, number>> {
  const outcomes = new Map([[String(ending.status), 0]]);
  for (let time = 0; time < times; time += 1) {
    rmSync(join(folder, 'logs'), { recursive: true, force: true });
    const { environment } = ending;
    const outcome = await runJob(mpi, ranks, ending.args, { timeoutSeconds, environment }).catch(() => undefined);
    const shown = outcome ? describe(outcome.status, outcome.stdout, ownLines(outcome).length) : 'no end';
    if (outcome && !outcomes.has(shown)) console.log(`${shown}:\n${outcome.stdout.toString()}${outcome.stderr}`);
    outcomes.set(shown, (outcomes.get(shown) ?? 0) + 1);
  }
  return outcomes;
}

/** Launchers write about a job that failed on standard output, too. */
function describe(status: number, stdout: Buffer, lines: number): string {
  const totals = stdout.includes('\tlove') ? ' with totals' : '';
  return `${status}${totals}${lines === 1 ? '' : ` with ${lines} lines`}`;
}

function refuse(problem: string): never {
  console.error(`statuses: ${problem}; ${usage}`);
  process.exit(2);
}

const [text = '200', ...names] = process.argv.slice(2);
const times = Number(text);
if (!Number.isSafeInteger(times) || times < 1) refuse(`'${text}' is not a number of repetitions`);
for (const name of names) if (!mpis.some((mpi) => mpi === name)) refuse(`'${name}' is none of ${mpis.join(', ')}`);
const { folder, remove } = temporaryFolder();
process.on('exit', remove);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
const endings = makeEndings(folder);
for (const mpi of mpis.filter((each) => names.length === 0 || names.includes(each))) {
  const version = `${mpi} ${versionOf(mpi)}`;
  for (const ranks of rankCounts) {
    for (const ending of endings) {
      const outcomes = await repeat(mpi, ranks, ending, times, folder);
      const isRight = outcomes.get(String(ending.status)) === times;
      if (!isRight) process.exitCode = 1;
      const shown = [...outcomes].map(([outcome, count]) => `${outcome} (${count})`).join(', ');
      const load = (loadavg()[0] ?? 0).toFixed(0);
      const head = `${version.padEnd(16)} ${String(ranks).padStart(2)} ranks  ${ending.name.padEnd(14)}`;
      console.log(`${head} ${isRight ? 'ok    ' : 'FAILED'}  ${shown}; load ${load}`);
    }
  }
}
