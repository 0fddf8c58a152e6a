import type { Input } from '../inputs/inputs.ts';
import { grepOptions, type Contestant, type Question } from './contestant.ts';

// Each as it is fastest while its answer stays exact.

export function ripgrep(question: Question, input: Input): Contestant {
  // In a folder it uses all cores; -I leaves out the names of the files.
  const command = ['rg', '-a', '-F', '-I', '--count-matches', ...grepOptions(question), input.path];
  return { name: 'ripgrep', command, input, question };
}

/** @param locale In the C locale, -i knows ASCII only. */
export function gnuGrep(question: Question, input: Input, locale = 'C'): Contestant {
  const script = 'grep -a -o -h -r -F "$@" | wc -l';
  const command = ['sh', '-c', script, 'sh', ...grepOptions(question), input.path];
  return { name: gnuGrepName, command, environment: { LC_ALL: locale }, input, question };
}

export const gnuGrepName = 'GNU grep';

export function ugrep(question: Question, input: Input): Contestant {
  // -c counts occurrences when -o is there.
  const command = ['ugrep', '-a', '-c', '-o', '-h', '-r', '-F', ...grepOptions(question), input.path];
  return { name: 'ugrep', command, input, question };
}

/** GNU parallel, which cuts the file at newlines, one piece a core. */
export function parallelGrep(question: Question, input: Input): Contestant {
  const grep = `grep -a -o -F ${grepOptions(question).map(quoted).join(' ')} | wc -l`;
  const command = ['parallel', '--will-cite', '--pipepart', '--block', '-1', '-a', input.path, grep];
  return { name: 'parallel, GNU grep', command, environment: { LC_ALL: 'C' }, input, question };
}

/** GNU parallel, which gives each core its share of the files. */
export function parallelGrepFiles(question: Question, input: Input): Contestant {
  const grep = `grep -a -o -h -F ${grepOptions(question).map(quoted).join(' ')} {} | wc -l`;
  const script = `find "$0" -type f -print0 | parallel --will-cite -0 -X "$1"`;
  const command = ['sh', '-c', script, input.path, grep];
  return { name: 'parallel, GNU grep', command, environment: { LC_ALL: 'C' }, input, question };
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
