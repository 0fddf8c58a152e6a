import { parseArgs } from 'node:util';

import { printable } from '../../base/bytes.ts';
import { bytesOf } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';

/** The part of an OptionTable that the parser uses. */
type ParserTable = Readonly<Record<string, { type: 'boolean' | 'string'; short?: string }>>;

/** An option on the command line, with one character per byte (see arguments.ts). The value of a boolean option is empty. */
export interface GivenOption {
  readonly name: string;
  readonly value: string;
}

/**
 * Splits arguments into options, in the order given, and positional arguments. As in grep, options may appear anywhere before
 * `--`, a value may begin with `-`, and short options may be joined.
 * @throws UsageError for an unknown option, a missing value, or a value for a boolean option.
 */
export function splitArguments(args: string[], table: ParserTable): { given: GivenOption[]; rest: string[] } {
  const given: GivenOption[] = [];
  const rest: string[] = [];
  // Strict mode would print messages of several lines and reject values that begin with `-`.
  const { tokens } = parseArgs({ args, options: table, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') rest.push(token.value);
    // Node takes the second dash of `-i-w` for an option terminator.
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

/** Returns whether the options include --help. It never throws, because users ask for help after a mistake. */
export function asksForHelp(args: string[], table: ParserTable): boolean {
  const { tokens } = parseArgs({ args, options: table, strict: false, allowPositionals: true, tokens: true });
  return tokens.some((token) => token.kind === 'option' && token.name === 'help');
}

/** Returns whether the argument is an option of the table: its short or its long name, also with `=VALUE`. */
export function isOptionOf(argument: string, table: ParserTable): boolean {
  const name = /^--([^=]+)/.exec(argument)?.[1];
  if (name !== undefined) return Object.hasOwn(table, name);
  return Object.values(table).some(({ short }) => short !== undefined && argument === `-${short}`);
}
