import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';
import type { Input } from '../inputs/inputs.ts';
import { grepOptions, type Contestant, type Question } from './contestant.ts';
import { peer, python } from './python.ts';

/** The usual command for a field of JSON lines: a pipe from jq to ripgrep. */
export function jqRipgrep(question: Question, input: Input): Contestant {
  const script = 'jq -r .text "$0" | rg -a -F --count-matches "$@"';
  const command = ['sh', '-c', script, input.path, ...grepOptions(question)];
  return { name: jqRipgrepName, command, input, question };
}

export const jqRipgrepName = 'jq -r .text, ripgrep';

/** A loop over the lines. */
export function pythonJson(question: Question, input: Input): Contestant {
  const command = [python, peer('count_json.py'), pythonLibrary, ...grepOptions(question), input.path];
  return { name: pythonJsonName, command, input, question };
}

/** The faster one of the parsers that Debian has for its Python: orjson from Debian 13 on (scripts/setup/packages.sh). */
export const pythonLibrary =
  ['orjson', 'ujson'].find((library) => spawnSync(python, ['-c', `import ${library}`]).status === 0) ?? 'json';

export const pythonJsonName = `Python, ${pythonLibrary}`;

/** A database, which counts in a column that it reads of the lines, with all threads. */
export function duckDb(question: Question, input: Input): Contestant {
  const command = [process.execPath, peer('count_duckdb.mjs'), duckDbFolder, ...grepOptions(question), input.path];
  return { name: duckDbName, command, input, question };
}

/** Where scripts/setup.sh --bench installs it. */
const duckDbFolder = join(packageRoot, '.setup', 'duckdb');

export const duckDbName = 'DuckDB';

/** Its package and version. */
export const duckDbVersion = textOf(join(duckDbFolder, 'installed'));

function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
}
