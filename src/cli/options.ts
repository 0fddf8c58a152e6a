import { parseArgs } from 'node:util';

import { printable } from '../base/bytes.ts';
import { bytesOf } from './arguments.ts';
import { UsageError } from './usage-error.ts';

/** The options of a command: their long names, whether a value follows, and a letter. */
export type OptionTable = Readonly<Record<string, { type: 'boolean' | 'string'; short?: string }>>;

/** An option as it was given, in bytes (see arguments.ts); an empty value for one that takes none. */
export interface GivenOption {
  readonly name: string;
  readonly value: string;
}

/**
 * Splits arguments into options, in the order given, and the rest. As in grep, options may stand anywhere before `--`, a
 * value may begin with `-`, and letters may be joined.
 * @throws UsageError for an unknown option, a missing value, and a value where there is none.
 */
export function splitArguments(args: string[], table: OptionTable): { given: GivenOption[]; rest: string[] } {
  const given: GivenOption[] = [];
  const rest: string[] = [];
  // Not strict: Node's messages run over several lines, and it refuses values that begin with `-`.
  const { tokens } = parseArgs({ args, options: table, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    // Node takes the second dash of `-i-w` for the end of the options.
    if (token.kind === 'option-terminator' && args[token.index] !== '--') {
      throw new UsageError(`unknown option - in ${printable(bytesOf(args[token.index] ?? ''))}; see: mpicount --help`);
    }
    if (token.kind !== 'option') continue;
    const shown = printable(bytesOf(token.rawName));
    const option = Object.hasOwn(table, token.name) ? table[token.name] : undefined;
    if (!option) throw new UsageError(`unknown option ${shown}; see: mpicount --help`);
    if (option.type === 'string' && token.value === undefined) throw new UsageError(`${shown} needs a value`);
    if (option.type === 'boolean' && token.value !== undefined) throw new UsageError(`${shown} takes no value`);
    given.push({ name: token.name, value: token.value ?? '' });
  }
  return { given, rest };
}

/** Whether `--help` (or its letter) is among the options. Never throws: help is for those who got something wrong. */
export function asksForHelp(args: string[], table: OptionTable): boolean {
  const { tokens } = parseArgs({ args, options: table, strict: false, allowPositionals: true, tokens: true });
  return tokens.some((token) => token.kind === 'option' && token.name === 'help');
}

/** Whether the argument is an option of the table, by its letter or its whole name, perhaps with a value. */
export function isOptionOf(argument: string, table: OptionTable): boolean {
  const name = /^--([^=]+)/.exec(argument)?.[1];
  if (name !== undefined) return Object.hasOwn(table, name);
  return Object.values(table).some(({ short }) => short !== undefined && argument === `-${short}`);
}

/** One of the choices, of which the first is the default. @throws UsageError */
export function parseChoice<T extends string>(
  option: string,
  value: string | undefined,
  choices: readonly [T, ...T[]],
): T {
  if (value === undefined) return choices[0];
  const choice = choices.find((name) => name === value);
  if (choice !== undefined) return choice;
  throw new UsageError(`${option}: '${printable(bytesOf(value))}' is not one of ${choices.join(', ')}`);
}
