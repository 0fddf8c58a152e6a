import { wordRules, type WordRule } from '../../scan/wc.ts';
import { jobFiles, jobOptions } from './job-options.ts';
import type { Command } from './option.ts';

type Version<Rule> = Rule extends `coreutils ${infer version}` ? version : never;

const prefix = 'coreutils ';

/** Returns the rule by which the words of a version of coreutils are delimited, as --words names it. */
export function wordRuleOf(version: Version<WordRule>): WordRule {
  return `${prefix}${version}`;
}

/** `mpicount wc` */
export const wc = {
  name: 'wc',
  summary: 'count lines, words, characters and bytes',
  usage: ['wc [options] FILE|FOLDER...'],
  help: 'prints lines, words, characters and bytes of each FILE and of all, as wc -lwmc does in the C.UTF-8 locale; pipes come last.',
  arguments: [jobFiles],
  options: {
    words: {
      type: 'string',
      valueName: 'VERSION',
      value: {
        kind: 'choice',
        choices: wordRules.map((rule) => rule.slice(prefix.length) as Version<WordRule>),
      },
      default: '9.4',
      help: 'words as coreutils 9.4 and earlier (9.4) or 9.5 and later (9.5) delimit them',
    },
    ...jobOptions,
  },
} as const satisfies Command;
