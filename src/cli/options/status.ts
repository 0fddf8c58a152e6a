import { generalOptions } from './general.ts';
import type { Command } from './option.ts';
import { reportOptions } from './output.ts';

/** `mpicount status` */
export const status = {
  name: 'status',
  summary: 'print how far a count has got',
  usage: ['status LOGDIR [--follow] [--format json]'],
  help: 'prints the progress that the log folder of a count records: totals so far, hosts, missing blocks.',
  arguments: [{ name: 'LOGDIR', value: { kind: 'folder' }, help: 'the log folder of a count (--log-dir)' }],
  options: {
    ...reportOptions,
    follow: {
      type: 'boolean',
      help: 'first show on standard error how far the count gets, until it is complete or its ranks have stopped',
      details: 'A job that was killed tells nothing: end it with Ctrl-C, then.',
    },
    ...generalOptions,
  },
} as const satisfies Command;
