import { mpis } from '../support/job.ts';
import { deaths } from './deaths.ts';
import { nameOf, type Scenario, type Step } from './scenario.ts';

/** A run in one line, and what was wrong with it. */
export function row({ number, question, steps, blocks, problems, seconds }: Scenario): string {
  const { args, totals, files, layouts, blockSize } = question;
  const options = args.filter(
    (arg, index) => arg !== '-e' && arg !== '-f' && !['-e', '-f'].includes(args[index - 1] ?? ''),
  );
  const stored = [...new Set(layouts)].join('+');
  const what = `${blocks} x ${blockSize} B, ${files.length} files (${stored}), ${totals.length} patterns ${options.join(' ')}`;
  const head = `${String(number).padStart(4)} ${problems.length > 0 ? 'FAILED' : 'ok'} ${seconds.toFixed(1)} s; ${what}`;
  return [
    `${head}: ${steps.map(shownStep).join('; ')}`,
    ...problems.map(({ kind, text }) => `     ${kind}: ${text}`),
  ].join('\n');
}

function shownStep({ attempt, result, done, damage }: Step): string {
  const outcome = shownStatus({ result, done });
  const after = damage === undefined ? '' : `, logs: ${damage}`;
  return `${attempt.mpi} x${attempt.ranks} ${attempt.schedule} ${nameOf(attempt.death)} -> ${outcome}${after}`;
}

function shownStatus({ result, done }: Pick<Step, 'result' | 'done'>): string {
  const status = result.outcome?.status;
  return status === 0 && !done ? '0 without totals' : String(status ?? 'none');
}

/** The figures of all runs. */
export function report(scenarios: readonly Scenario[]): string {
  const steps = scenarios.flatMap((scenario) => scenario.steps);
  const problems = scenarios.flatMap((scenario) => scenario.problems);
  const sum = (of: (scenario: Scenario) => number) => scenarios.reduce((total, scenario) => total + of(scenario), 0);
  const count = (kind: string) => problems.filter((problem) => problem.kind === kind).length;
  const failed = scenarios.filter((scenario) => scenario.problems.length > 0).length;
  const names = [...deaths.map(({ name }) => name), nameOf(undefined)];
  const again = sum(({ counted, blocks }) => counted - blocks);
  const lost = sum((scenario) => scenario.lost);
  return [
    '',
    `${'jobs'.padEnd(28)} ${'MPI'.padEnd(8)}  hit  not done  longest end  exit statuses`,
    ...names.flatMap((name) => mpis.map((mpi) => deathRow(name, mpi, steps))).filter((line) => line !== undefined),
    '',
    'rank logs damaged, by kind',
    ...tally(steps.flatMap(({ damage }) => damage ?? [])).map(([name, times]) => `${name.padEnd(28)} ${times}`),
    '',
    `runs ${scenarios.length}, jobs ${steps.length}, of which unfinished ${steps.filter(({ done }) => !done).length}`,
    `blocks ${sum(({ blocks }) => blocks)}, counted ${sum(({ counted }) => counted)}, counted again ${again}: ` +
      `${lost} that were lost with damaged rank logs, ${again - lost} while an earlier job still ended`,
    `wrong totals ${count('wrong totals')}, hangs ${count('hang')}, other problems ${count('other')}`,
    `${scenarios.length - failed} passed, ${failed} failed`,
  ].join('\n');
}

function deathRow(name: string, mpi: string, all: readonly Step[]): string | undefined {
  const steps = all.filter(({ attempt }) => nameOf(attempt.death) === name && attempt.mpi === mpi);
  if (steps.length === 0) return undefined;
  const open = steps.filter(({ done }) => !done).length;
  const longest = Math.max(...steps.map(({ result }) => result.ending)).toFixed(1);
  const statuses = tally(steps.map(shownStatus))
    .map(([status, times]) => `${status} (${times})`)
    .join(', ');
  const figures = `${String(steps.length).padStart(4)} ${String(open).padStart(9)} ${longest.padStart(10)} s`;
  return `${name.padEnd(28)} ${mpi.padEnd(8)} ${figures}  ${statuses}`;
}

/** How often each comes, most often first. */
function tally(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
