import type { OptionTable } from './option.ts';

const help = { type: 'boolean', short: 'h', help: 'print this help' } as const;

/** The option that every command has. */
export const generalOptions = { help } satisfies OptionTable;

/** The options that stand in place of a command. */
export const programOptions = {
  help,
  version: { type: 'boolean', short: 'V', help: 'print the version' },
} satisfies OptionTable;
