import { complete } from './complete.ts';

// The protocol between the scripts for shells and this program. This word is not for users.

/** The word before the words of a command line that is to be completed. */
export const completeWord = '--complete';

/** Answers a script: a line with the kind of paths, and one with a candidate, a tab and its description for each candidate. */
export function answer(words: readonly string[]): string {
  const { paths, candidates } = complete(words);
  return [paths, ...candidates.map(({ word, help }) => `${word}\t${help}`)].map((line) => `${line}\n`).join('');
}
