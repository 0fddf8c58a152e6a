import { spawnSync } from 'node:child_process';

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
