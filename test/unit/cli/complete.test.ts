import { describe, expect, test } from 'vitest';

import { complete } from '../../../src/cli/completion/complete.ts';
import { completionScript } from '../../../src/cli/completion/completion.ts';
import { answer } from '../../../src/cli/completion/protocol.ts';
import { shells } from '../../../src/cli/completion/shells.ts';
import { commands } from '../../../src/cli/options/commands.ts';
import { jobNames } from '../../../src/cli/options/jobs.ts';
import type { OptionTable } from '../../../src/cli/options/option.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

/** The candidates, or what names the shell completes. */
function found(...words: string[]): string[] | string {
  const { paths, candidates } = complete(words);
  if (paths === 'none') return candidates.map(({ word }) => word);
  expect(candidates).toEqual([]);
  return paths;
}

function namesOf(options: OptionTable): string[] {
  return Object.entries(options).flatMap(([name, { short }]) => [`--${name}`, ...(short ? [`-${short}`] : [])]);
}

describe('the first word', () => {
  test('is a command', () => {
    expect(found('')).toEqual(commands.map(({ name }) => name));
    expect(found('cou')).toEqual(commands.map(({ name }) => name));
    expect(found()).toEqual(commands.map(({ name }) => name));
  });

  test('may be an option in place of a command', () => {
    expect(found('-')).toEqual(['--help', '-h', '--version', '-V']);
  });
});

test.each(commands)('$name completes its options', ({ name, options }) => {
  expect(found(name, '-')).toEqual(namesOf(options));
  expect(found(name, '--log')).toEqual(namesOf(options));
});

test.each(
  commands.flatMap(({ name: command, options }) =>
    Object.entries(options).flatMap(([name, option]): [string, string, string[] | string][] => {
      if (option.type === 'boolean') return [];
      const { value } = option;
      if ('choices' in value) return [[command, name, [...value.choices]]];
      if ('words' in value) return [[command, name, [...value.words]]];
      return [[command, name, value.kind === 'file' ? 'files' : value.kind === 'folder' ? 'folders' : []]];
    }),
  ),
)('%s completes the value of --%s by its kind', (command, name, expected) => {
  expect(found(command, `--${name}`, '')).toEqual(expected);
  const prefixed = typeof expected === 'string' ? expected : expected.map((word) => `--${name}=${word}`);
  expect(found(command, `--${name}=x`)).toEqual(prefixed);
});

describe('values and arguments', () => {
  const none: string[] = [];
  test.each<[string[], string[] | string]>([
    [['count', ''], none],
    [['count', 'love', ''], 'files'],
    [['count', 'love', 'book', 'bo'], 'files'],
    [['count', '-e', ''], none],
    [['count', '-ie', ''], none],
    [['count', '-ielove', ''], 'files'],
    [['count', '-e', 'love', ''], 'files'],
    [['count', '--pattern=love', ''], 'files'],
    [['count', '-f', ''], 'files'],
    [['count', '-f', 'words', ''], 'files'],
    [['count', '-e', '--io', ''], 'files'],
    [['count', '--unknown', ''], none],
    [['count', '--unknown='], none],
    [['count', '--word=', ''], none],
    [
      ['count', '--io', '-'],
      ['auto', 'mmap', 'read'],
    ],
    [['count', '--', '-'], none],
    [['count', '--', 'love', '-'], 'files'],
    [['wc', ''], 'files'],
    [['wc', 'book', '--threads', ''], none],
    [['status', ''], 'folders'],
    [['status', 'logs', ''], none],
    [['doctor', ''], none],
    [['build', ''], 'files'],
    [['build', 'mpicc', ''], none],
    [['completion', ''], shells],
    [['completion', 'bash', ''], none],
    [['launch', ''], ['--']],
    [['launch', '--scheduler', 'slurm', ''], ['--']],
    [['launch', '--script', ''], 'files'],
    [['launch', '--', ''], jobNames],
    [['launch', '--', 'doctor', ''], none],
    [['launch', '--scheduler', 'pbs', '--', 'count', '-e', 'love', ''], 'files'],
    [
      ['launch', '--', 'count', '--io', ''],
      ['auto', 'mmap', 'read'],
    ],
    [['launch', '--', 'count', '--', 'love', '--i'], 'files'],
    [['nonsense', ''], none],
    [['constructor', ''], none],
    [['count', '--constructor', ''], none],
  ])('%j', (words, expected) => {
    expect(found(...words)).toEqual(expected);
  });

  test('are completed behind the `--` of launch with the options of the command', () => {
    expect(found('launch', '--', 'wc', '--')).toEqual(found('wc', '--'));
    expect(found('launch', '--')).toEqual(found('launch', '-'));
  });
});

test('the answer to a script has the kind of paths, and candidates with their descriptions', () => {
  expect(answer(['launch', '--', ''])).toBe(
    'none\ncount\tcount occurrences of patterns\nwc\tcount lines, words, characters and bytes\n',
  );
  expect(answer(['status', ''])).toBe('folders\n');
});

describe('mpicount completion', () => {
  test.each(shells)('prints the script for %s', (shell) => {
    expect(completionScript([shell])).toMatch(new RegExp(`^# Completion of mpicount for ${shell}\\. `, 'm'));
  });

  test.each([
    [[], 'completion needs the name of one shell: bash, zsh, fish; see: mpicount --help'],
    [['bash', 'zsh'], 'completion needs the name of one shell: bash, zsh, fish; see: mpicount --help'],
    [['tcsh'], "completion: 'tcsh' is not one of bash, zsh, fish"],
    [['--bash'], 'unknown option --bash; see: mpicount --help'],
  ])('refuses %j', (args, message) => {
    expect(() => completionScript(args)).toThrow(new UsageError(message));
  });
});
