import { isAbsolute, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { packageRoot } from '../src/base/package.ts';
import { rows, type Row } from './rows.ts';

export const usage = 'usage: npm run bench -- [--rows NAME,...] [--runs N] [--quick] [--out DIR]';

export interface Options {
  readonly rows: readonly Row[];
  /** Of each contestant, besides the one that shows the counts. */
  readonly runs: number;
  /** Small inputs, and each contestant runs once: whether the bench works, not what it measures. */
  readonly quick: boolean;
  /** Where results.json and results.md go. */
  readonly out: string | undefined;
  /** Where inputs are, which stay. */
  readonly folder: string;
}

/** @throws Where something is wrong with the arguments. */
export function readOptions(args: string[]): Options {
  const string = { type: 'string' } as const;
  const { values } = parseArgs({
    args,
    options: { rows: string, runs: string, out: string, quick: { type: 'boolean', default: false } },
  });
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`--runs ${String(values.runs)} is not a number of runs`);
  const whole = values.rows === undefined && !values.quick;
  return {
    rows: values.rows === undefined ? rows : values.rows.split(',').map(rowOf),
    runs,
    quick: values.quick,
    out: values.out === undefined ? (whole ? join(packageRoot, 'bench') : undefined) : fromUser(values.out),
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
