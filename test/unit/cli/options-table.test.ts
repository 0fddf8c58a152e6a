import { describe, expect, test } from 'vitest';

import { commands } from '../../../src/cli/options/commands.ts';
import { programOptions } from '../../../src/cli/options/general.ts';
import { jobNames, jobs } from '../../../src/cli/options/jobs.ts';
import type { Argument, Option, Value, ValueOption } from '../../../src/cli/options/option.ts';
import { asksForHelp } from '../../../src/cli/options/split-arguments.ts';
import { parseValue } from '../../../src/cli/options/values.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { wordRules } from '../../../src/scan/wc.ts';

const options: [string, Option][] = [
  ...Object.entries(programOptions).map(([name, option]): [string, Option] => [`--${name}`, option]),
  ...commands.flatMap((command) =>
    Object.entries(command.options).map(([name, option]): [string, Option] => [`${command.name} --${name}`, option]),
  ),
];
const valueOptions = options.filter((entry): entry is [string, ValueOption] => entry[1].type === 'string');
const argumentsOf: [string, Argument][] = commands.flatMap((command) =>
  command.arguments.map((argument): [string, Argument] => [`${command.name} ${argument.name}`, argument]),
);

test('commands have names of their own', () => {
  expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length);
  expect(jobNames.map((name) => jobs[name].name)).toEqual(jobNames);
});

describe.each(commands)('$name', (command) => {
  test('answers --help', () => {
    expect(asksForHelp(['--help'], command.options)).toBe(true);
    expect(asksForHelp(['-h'], command.options)).toBe(true);
  });

  test('has no two options of the same letter', () => {
    const letters = Object.values(command.options).flatMap(({ short }) => short ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    for (const letter of letters) expect(letter).toMatch(/^[A-Za-z]$/);
  });

  test('names itself and its arguments in each usage', () => {
    for (const usage of command.usage) expect(usage.split(' ')[0]).toBe(command.name);
    for (const { name, value } of command.arguments) {
      const shown = value.kind === 'job' ? jobNames.join('|') : name;
      expect(command.usage.join('\n')).toContain(shown);
    }
  });
});

describe.each(options)('%s', (_name, { help }) => {
  test('is described in words that can stand in a line', () => {
    expect(help).toMatch(/^[^\sA-Z].*[^\s.]$|^SLURM/);
  });
});

test.each(argumentsOf)('the argument %s is described in words that can stand in a line', (_name, { help }) => {
  expect(help).toMatch(/^[^\sA-Z].*[^\s.]$/);
});

describe.each(valueOptions)('%s', (_name, option) => {
  test('has a name for its value', () => {
    expect(option.valueName).toMatch(/^[A-Z]+$/);
  });
});

const withDefault = valueOptions.flatMap(([name, { value, default: text }]): [string, string, Value][] =>
  text === undefined ? [] : [[name, text, value]],
);
test.each(withDefault)('%s has a default that is a value: %s', (_name, text, value) => {
  expect(() => parseValue('--option', text, value)).not.toThrow();
});

const withChoices = valueOptions.flatMap(([name, { value, help }]): [string, readonly string[], string, Value][] =>
  'choices' in value ? [[name, value.choices, help, value]] : [],
);
test.each(withChoices)('%s accepts %j, names them in its help, and refuses others', (_name, choices, help, value) => {
  for (const choice of choices) {
    expect(() => parseValue('--option', choice, value)).not.toThrow();
    expect(help).toMatch(new RegExp(`\\b${choice}\\b`));
  }
  const message = `--option: 'other' is not one of ${choices.join(', ')}`;
  expect(() => parseValue('--option', 'other', value)).toThrow(new UsageError(message));
});

test('--words names the versions of the word rules', () => {
  expect(jobs.wc.options.words.value.choices.map((version) => `coreutils ${version}`)).toEqual([...wordRules]);
});

test('a number is accepted within its bounds only', () => {
  const value = { kind: 'number', min: 2, max: 30, note: 'it is a test' } as const;
  expect(['2', '30', '007'].map((text) => parseValue('--n', text, value))).toEqual([2, 30, 7]);
  for (const text of ['1', '31', '', '-2', '2.5', '1e1', ' 3', '0x3', '9'.repeat(20)]) {
    expect(() => parseValue('--n', text, value)).toThrow(
      new UsageError(`--n: '${text}' is not a number from 2 to 30; it is a test`),
    );
  }
});
