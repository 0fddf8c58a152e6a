import { generalOptions } from './general.ts';
import type { Command } from './option.ts';
import { reportOptions } from './output.ts';

/** `mpicount status` */
export const status = {
  name: 'status',
  summary: 'print how far a count has got',
  usage: ['status LOGDIR [--format json]'],
  help: 'prints the progress that the log folder of a count records: totals so far, hosts, missing blocks.',
  arguments: [{ name: 'LOGDIR', value: { kind: 'folder' }, help: 'the log folder of a count (--log-dir)' }],
  options: { ...reportOptions, ...generalOptions },
} as const satisfies Command;
