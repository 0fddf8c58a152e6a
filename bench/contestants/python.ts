import { join } from 'node:path';

import { packageRoot } from '../../src/base/package.ts';
import type { Input } from '../inputs/inputs.ts';
import { grepOptions, type Contestant, type Question } from './contestant.ts';
import { launch, ranksOf } from './launch.ts';

/** Debian's, which is the one that Debian's mpi4py is for. */
export const python = '/usr/bin/python3';

export const peer = (name: string) => join(packageRoot, 'bench', 'peers', name);

export function mpi4py(question: Question, input: Input, ranks = 2): Contestant {
  const { command, environment } = launch('openmpi', ranks);
  const count = [python, peer('count_mpi4py.py'), ...grepOptions(question), input.path];
  return { name: `mpi4py, ${ranksOf(ranks)}`, command: [...command, ...count], environment, input, question };
}

export function coroutines(question: Question, input: Input): Contestant {
  const command = [python, peer('pipeline.py'), ...grepOptions(question), input.path];
  return { name: 'Python coroutines', command, input, question };
}

/** An Aho-Corasick automaton, of the library that people use for long lists. */
export function ahoCorasick(question: Question, input: Input): Contestant {
  const command = [python, peer('count_ahocorasick.py'), ...grepOptions(question), input.path];
  return { name: ahoCorasickName, command, input, question };
}

export const ahoCorasickName = 'Python, pyahocorasick';
