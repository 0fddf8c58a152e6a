import { formats } from '../format-result.ts';
import type { OptionTable } from './option.ts';

const format = { type: 'string', valueName: 'FORMAT', default: 'text' } as const;

/** The options of every command that prints totals. */
export const outputOptions = {
  format: {
    ...format,
    value: { kind: 'choice', choices: formats },
    help: 'print text, json or csv',
    details: 'CSV is that of RFC 4180, with a header line; patterns and paths are exact bytes.',
  },
} as const satisfies OptionTable;

/** The options of a command that prints the state of something. */
export const statusOptions = {
  format: { ...format, value: { kind: 'choice', choices: ['text', 'json'] }, help: 'print text or json' },
} as const satisfies OptionTable;
