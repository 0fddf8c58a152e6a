import { describe, expect, test } from 'vitest';

import { asksForHelp, splitArguments } from '../../../src/cli/options/split-arguments.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';

const table = {
  help: { type: 'boolean', short: 'h' },
  'ignore-case': { type: 'boolean', short: 'i' },
  word: { type: 'boolean', short: 'w' },
  pattern: { type: 'string', short: 'e' },
  'log-dir': { type: 'string' },
} as const;

/** As `name` or `name=value`, and what is left. */
function split(...args: string[]): [options: string[], rest: string[]] {
  const { given, rest } = splitArguments(args, table);
  return [given.map(({ name, value }) => (value === '' ? name : `${name}=${value}`)), rest];
}

describe('arguments are split', () => {
  test.each([
    ['nothing', [], [], []],
    ['only others', ['love', 'book'], [], ['love', 'book']],
    ['letters', ['-i', '-w', 'love'], ['ignore-case', 'word'], ['love']],
    ['joined letters', ['-iw', 'love'], ['ignore-case', 'word'], ['love']],
    [
      'joined letters, the last one with a value',
      ['-iwe', 'love', 'book'],
      ['ignore-case', 'word', 'pattern=love'],
      ['book'],
    ],
    ['a value joined to its letter', ['-elove', 'book'], ['pattern=love'], ['book']],
    ['a value joined to letters', ['-iwelove', 'book'], ['ignore-case', 'word', 'pattern=love'], ['book']],
    ['a value joined to its letter is not letters', ['-eiw', 'book'], ['pattern=iw'], ['book']],
    ['an equals sign joined to a letter is of the value', ['-e=x', 'book'], ['pattern==x'], ['book']],
    [
      'long names',
      ['--ignore-case', '--pattern', 'love', '--log-dir=logs'],
      ['ignore-case', 'pattern=love', 'log-dir=logs'],
      [],
    ],
    ['an equals sign in a value', ['--pattern=a=b', '--pattern', '=c'], ['pattern=a=b', 'pattern==c'], []],
    ['options behind others', ['love', '-i', 'book', '-w'], ['ignore-case', 'word'], ['love', 'book']],
    [
      'values that begin with a dash',
      ['-e', '-x', '--pattern', '--word', 'book'],
      ['pattern=-x', 'pattern=--word'],
      ['book'],
    ],
    ['two dashes as a value', ['-e', '--', '-i', 'book'], ['pattern=--', 'ignore-case'], ['book']],
    ['a dash as a value', ['-e', '-', 'book'], ['pattern=-'], ['book']],
    ['an option again', ['-e', 'a', '-e', 'b', '-e', 'a'], ['pattern=a', 'pattern=b', 'pattern=a'], []],
    ['after two dashes none', ['-i', '--', '-w', '--help', 'book'], ['ignore-case'], ['-w', '--help', 'book']],
    ['two dashes, again', ['--', '--', 'book'], [], ['--', 'book']],
    ['a dash', ['-i', '-'], ['ignore-case'], ['-']],
    ['an empty one', ['', 'book'], [], ['', 'book']],
    ['a newline, a space, a quote', ['-e', 'a\nb', "it's here"], ['pattern=a\nb'], ["it's here"]],
    ['a number with a sign', ['-e', '-1', '-e-1'], ['pattern=-1', 'pattern=-1'], []],
  ])('%s', (_name, args, options, rest) => {
    expect(split(...args)).toEqual([options, rest]);
  });

  test('an empty value is accepted', () => {
    const given = [{ name: 'pattern', value: '' }];
    expect(splitArguments(['-e', '', 'book'], table)).toEqual({ given, rest: ['book'] });
    expect(splitArguments(['--pattern', '', 'book'], table)).toEqual({ given, rest: ['book'] });
    expect(splitArguments(['--pattern=', 'book'], table)).toEqual({ given, rest: ['book'] });
  });

  test.each([
    [['--unknown'], 'unknown option --unknown; see: mpicount --help'],
    [['--unknown=value'], 'unknown option --unknown; see: mpicount --help'],
    [['-x'], 'unknown option -x; see: mpicount --help'],
    [['-ixw'], 'unknown option -x; see: mpicount --help'],
    [['--no-word'], 'unknown option --no-word; see: mpicount --help'],
    [['--ignore'], 'unknown option --ignore; see: mpicount --help'],
    [['--Word'], 'unknown option --Word; see: mpicount --help'],
    [['--e', 'x'], 'unknown option --e; see: mpicount --help'],
    [['--constructor'], 'unknown option --constructor; see: mpicount --help'],
    [['--__proto__'], 'unknown option --__proto__; see: mpicount --help'],
    [['--\x1b[31m'], 'unknown option --\\x1b[31m; see: mpicount --help'],
    [['--\xc3\xa9t\xc3\xa9'], 'unknown option --été; see: mpicount --help'],
    [['love', '-e'], '-e needs a value'],
    [['-iwe'], '-e needs a value'],
    [['--pattern'], '--pattern needs a value'],
    [['--log-dir'], '--log-dir needs a value'],
    [['--word=yes'], '--word takes no value'],
    [['--word='], '--word takes no value'],
  ])('%j is refused', (args, message) => {
    expect(() => split(...args)).toThrow(UsageError);
    expect(() => split(...args)).toThrow(new UsageError(message));
  });

  test('a dash among joined letters is refused', () => {
    expect(() => split('-i-w', '-e', 'love', 'book')).toThrow(UsageError);
  });
});

describe('asksForHelp() recognises --help', () => {
  test.each([
    [['--help'], true],
    [['-h'], true],
    [['-ih'], true],
    [['love', 'book', '--help'], true],
    [['--unknown', '-e', '', '--help'], true],
    [['--help=x'], true],
    [['love', '--', '--help'], false],
    [['-e', '--help', 'book'], false],
    [['-e', '-h', 'book'], false],
    [['help'], false],
    [[], false],
  ])('in %j: %s', (args, asked) => {
    expect(asksForHelp(args, table)).toBe(asked);
  });
});
