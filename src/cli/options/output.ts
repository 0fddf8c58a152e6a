import { formats } from '../format.ts';
import type { OptionTable } from './option.ts';

/** The options of every command that prints results. */
export const outputOptions = {
  format: {
    type: 'string',
    valueName: 'FORMAT',
    value: { kind: 'choice', choices: formats },
    default: 'text',
    help: 'print text or json',
  },
} as const satisfies OptionTable;
