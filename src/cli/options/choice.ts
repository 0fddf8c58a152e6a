import { printable } from '../../base/bytes.ts';
import { bytesOf } from '../arguments.ts';
import { UsageError } from '../usage-error.ts';

/** Parses the value of an option with a fixed set of choices. @throws UsageError */
export function parseChoice<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((name) => name === value);
  if (choice !== undefined) return choice;
  throw new UsageError(`${option}: '${printable(bytesOf(value))}' is not one of ${choices.join(', ')}`);
}
