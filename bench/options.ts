import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { packageRoot } from '../src/base/package.ts';
import { programIn } from './before.ts';
import type { Row } from './row.ts';
import { rows } from './rows.ts';

export const usage = 'usage: npm run bench -- [--runs N] [--quick] [--out DIR] [--update] [--before CHECKOUT] [ROW...]';

export interface Options {
  readonly rows: readonly Row[];
  /** Of each contestant, besides the one that shows the counts. */
  readonly runs: number;
  /** Small inputs, and each contestant runs once: whether the bench works, not what it measures. */
  readonly quick: boolean;
  /** The program of another checkout: this one is compared with it, not with other contestants. */
  readonly before: string | undefined;
  /** Where results.json and results.md go. */
  readonly out: string | undefined;
  /** Whether rows that are there already and are not measured now stay in these. */
  readonly update: boolean;
  /** Where inputs are, which stay. */
  readonly folder: string;
}

/** @throws Where something is wrong with the arguments. */
export function readOptions(args: string[]): Options {
  const string = { type: 'string' } as const;
  const boolean = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { before: string, runs: string, out: string, update: boolean, quick: boolean },
  });
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`--runs ${String(values.runs)} is not a number of runs`);
  if (values.update && (values.quick || values.before !== undefined)) {
    throw new Error('--update is for results with full inputs');
  }
  const whole = positionals.length === 0 && values.before === undefined && !values.quick;
  return {
    rows: positionals.length === 0 ? rows : positionals.map(rowOf),
    runs,
    quick: values.quick,
    before: values.before === undefined ? undefined : programIn(fromUser(values.before)),
    update: values.update,
    out:
      values.out === undefined
        ? whole || values.update
          ? join(packageRoot, 'bench')
          : undefined
        : fromUser(values.out),
    folder: fromUser(process.env['MPICOUNT_BENCH_DIR'] ?? join(packageRoot, '.bench')),
  };
}

function rowOf(name: string): Row {
  const row = rows.find((each) => each.name === name);
  if (!row) throw new Error(`there is no row '${name}'; there are ${rows.map((each) => each.name).join(', ')}`);
  return row;
}

/** npm changes into the project's folder. */
function fromUser(path: string): string {
  return isAbsolute(path) ? path : resolve(process.env['INIT_CWD'] ?? '.', path);
}
