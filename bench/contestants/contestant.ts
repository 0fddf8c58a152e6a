import type { Input } from '../inputs/inputs.ts';

/** What is to be counted. */
export interface Question {
  /** Patterns, or the path of a file of them. */
  readonly patterns: readonly string[] | string;
  readonly ignoreCase?: boolean;
  readonly word?: boolean;
}

/** One of the commands that a row compares. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly input: Input;
  /** What its standard output answers, as numbers at the start of lines, which are added up; a limit answers nothing. */
  readonly question?: Question;
  /** Done before each run, and not timed. */
  readonly before?: () => void;
  /** What the latest run took, where that is not the time of the whole process. */
  readonly seconds?: () => number;
}

/** Options of a program that has the letters of grep. */
export function grepOptions({ patterns, ignoreCase, word }: Question): string[] {
  const given = typeof patterns === 'string' ? ['-f', patterns] : patterns.flatMap((pattern) => ['-e', pattern]);
  return [...(ignoreCase ? ['-i'] : []), ...(word ? ['-w'] : []), ...given];
}
