import { generalOptions } from './general.ts';
import type { Command } from './option.ts';

/** `mpicount report` */
export const report = {
  name: 'report',
  summary: 'print what happened in a count, and where the patterns are',
  usage: ['report LOGDIR [--format FORMAT] [--table TABLE]', 'report LOGDIR --html FILE'],
  help:
    'prints what the log folder of a count tells, during the count or after it: what each rank did (by host beyond 40 ranks), which ranks ' +
    'were slow and why, where along the corpus each pattern occurs, and how evenly it is spread over the groups of --by.',
  arguments: [{ name: 'LOGDIR', value: { kind: 'folder' }, help: 'the log folder of a count (--log-dir)' }],
  options: {
    format: {
      type: 'string',
      valueName: 'FORMAT',
      value: { kind: 'choice', choices: ['text', 'json', 'csv'] },
      default: 'text',
      help: 'print text for a person, json with everything, or csv with one table of it',
      details:
        'Text has colours only on a terminal, and none if `NO_COLOR` is set. See [log-format.md](log-format.md#what-mpicount-report-tells).',
    },
    table: {
      type: 'string',
      valueName: 'TABLE',
      value: { kind: 'choice', choices: ['ranks', 'patterns'] },
      default: 'ranks',
      help: 'with --format csv, print the ranks of each run, or the patterns: a line for each',
    },
    html: {
      type: 'string',
      valueName: 'FILE',
      value: { kind: 'file' },
      help: 'write the report, with pictures, to FILE: a page of HTML that needs no network and no other file',
      details:
        'An existing FILE is replaced if it is such a report, and is refused otherwise. The page can be mailed and printed.',
    },
    ...generalOptions,
  },
} as const satisfies Command;
