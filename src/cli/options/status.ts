import { generalOptions } from './general.ts';
import type { Command } from './option.ts';
import { statusOptions } from './output.ts';

/** `mpicount status` */
export const status = {
  name: 'status',
  summary: 'print how far a count has got',
  usage: ['status LOGDIR [--follow] [--format json]'],
  help: 'prints the progress that the log folder of a count records: totals so far, hosts, missing blocks.',
  arguments: [{ name: 'LOGDIR', value: { kind: 'folder' }, help: 'the log folder of a count (--log-dir)' }],
  options: {
    ...statusOptions,
    follow: {
      type: 'boolean',
      help: 'show the progress on standard error until the count is complete or its ranks have stopped, and then print this',
      details: 'The logs do not tell that a job was killed; end this command with Ctrl-C.',
    },
    ...generalOptions,
  },
} as const satisfies Command;
