import type { Input } from '../inputs/inputs.ts';
import { grepOptions, type Contestant, type Question } from './contestant.ts';

export function ripgrepZ(question: Question, input: Input): Contestant {
  const command = ['rg', '-z', '-a', '-F', '-I', '--count-matches', ...grepOptions(question), input.path];
  return { name: ripgrepZName, command, input, question };
}

export const ripgrepZName = 'ripgrep -z';

/** The usual command for a file in one format: a pipe from its decoder to GNU grep. */
export function decodedGrep(decoder: string, question: Question, input: Input): Contestant {
  const script = `${decoder} "$0" | grep -a -o -F "$@" | wc -l`;
  const command = ['sh', '-c', script, input.path, ...grepOptions(question)];
  return { name: decodedGrepName(decoder), command, environment: { LC_ALL: 'C' }, input, question };
}

export const decodedGrepName = (decoder: string) => `${decoder}, GNU grep`;

/** A loop over patterns and files, as people count guides: the lines with each pattern in each file. */
export function zgrepLoop(question: Question, input: Input): Contestant {
  const script = 'while read -r pattern; do zgrep -h -c -F "$pattern" "$@" || test $? -eq 1 || exit; done <"$0"';
  const command = ['sh', '-c', script, String(question.patterns), ...input.files];
  return { name: zgrepLoopName, command, environment: { LC_ALL: 'C' }, input, question };
}

export const zgrepLoopName = 'zgrep -c loop';

/** Decoding alone. */
export function decoding(decoder: string, input: Input): Contestant {
  return { name: decodingName(decoder), command: ['sh', '-c', `${decoder} "$0" >/dev/null`, input.path], input };
}

export const decodingName = (decoder: string) => `limit: ${decoder}`;

/**
 * Decoding alone on two cores, with a decoder that uses one: two processes decode the whole file each. The bytes are those of both texts.
 */
export function decodingTwice(decoder: string, input: Input): Contestant {
  const script = `${decoder} "$0" >/dev/null & ${decoder} "$0" >/dev/null && wait "$!"`;
  const both = { ...input, name: `2 x ${input.name}`, bytes: 2 * input.bytes };
  return { name: decodingTwiceName(decoder), command: ['sh', '-c', script, input.path], input: both };
}

export const decodingTwiceName = (decoder: string) => `${decodingName(decoder)}, 2 processes`;
