import { printable } from '../../base/bytes.ts';
import { bytesOf } from '../arguments.ts';
import { parseDuration } from '../duration.ts';
import { parseSize } from '../size.ts';
import { UsageError } from '../usage-error.ts';
import { parseChoice } from './choice.ts';
import { parseMode } from './mode.ts';
import type { Option, OptionTable, Value } from './option.ts';
import type { GivenOption } from './split-arguments.ts';

type Parsed<V> = V extends { kind: 'choice'; choices: readonly (infer Choice)[] }
  ? Choice
  : V extends { kind: 'size' | 'duration' | 'number' | 'mode' }
    ? number
    : string;

/** The type of an option's value: whether a flag is given, or the parsed value, undefined without value and default. */
export type ValueOf<O extends Option> = O extends { type: 'string'; value: infer V }
  ? O extends { default: string }
    ? Parsed<V>
    : Parsed<V> | undefined
  : boolean;

/**
 * Returns the value of an option, of several the last one.
 * @param given The options on the command line.
 * @throws UsageError
 */
export function valueOf<T extends OptionTable, N extends keyof T & string>(
  table: T,
  given: readonly GivenOption[],
  name: N,
): ValueOf<T[N]> {
  const option: Option | undefined = table[name];
  const text = given.findLast((each) => each.name === name)?.value;
  return read(`--${name}`, option, text) as ValueOf<T[N]>;
}

function read(
  name: string,
  option: Option | undefined,
  given: string | undefined,
): string | number | boolean | undefined {
  if (option?.type !== 'string') return given !== undefined;
  const text = given ?? option.default;
  return text === undefined ? undefined : parseValue(name, text, option.value);
}

/**
 * Parses a value, with one character per byte.
 * @param option The option as messages name it.
 * @returns Bytes for a size, seconds for a duration, the bits for a mode.
 * @throws UsageError
 */
export function parseValue(option: string, text: string, value: Value): string | number {
  switch (value.kind) {
    case 'choice':
      return parseChoice(option, text, value.choices);
    case 'mode':
      return parseMode(option, text, value.choices);
    case 'size':
      return parseSize(text, option);
    case 'duration':
      return parseDuration(text, option);
    case 'number':
      return parseNumber(option, text, value);
    default:
      return text;
  }
}

function parseNumber(option: string, text: string, { min, max, note }: Extract<Value, { kind: 'number' }>): number {
  const number = /^[0-9]{1,15}$/.test(text) ? Number(text) : NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`${option}: '${printable(bytesOf(text))}' is not a number from ${min} to ${max}; ${note}`);
}
