import { describe, expect, test } from 'vitest';

import { helpFor } from '../../../src/cli/help/help-for.ts';
import { helpOn, helpOnAll } from '../../../src/cli/help/help.ts';
import { wrap } from '../../../src/cli/help/wrap.ts';
import { build } from '../../../src/cli/options/build.ts';
import { commands } from '../../../src/cli/options/commands.ts';
import { count } from '../../../src/cli/options/count.ts';
import { launch } from '../../../src/cli/options/launch.ts';
import { wc } from '../../../src/cli/options/wc.ts';

/** The long names of the options that a help has a line for. */
function described(help: string): string[] {
  return [...help.matchAll(/^ {2}(?:-\w,| {3}) --([\w-]+)/gm)].map(([, name = '']) => name);
}

describe('the help on all commands', () => {
  const help = helpOnAll();

  test('describes every option, each once', () => {
    const names = new Set([...commands.flatMap((command) => Object.keys(command.options)), 'version']);
    // The formats of status, and those of a report, are not those of a count.
    expect(described(help).sort()).toEqual([...names, 'format', 'format'].sort());
  });

  test('refers to the options that an earlier command has, too', () => {
    const shared = Object.keys(wc.options).filter((name) => name in count.options && name !== 'help');
    const line = /^ {2}as in count: (--files-from,[^]*?)\n\n/m.exec(help)?.[1]?.replaceAll('\n ', '');
    expect(line?.split(', ')).toEqual(shared.map((name) => `--${name}`));
    expect(help).toContain('missing blocks.\n      --format FORMAT ');
  });

  test('has the usage of every command, and what it does', () => {
    for (const { name, usage } of commands) {
      for (const each of usage) expect(help).toContain(` mpicount ${each}\n`);
      expect(help).toMatch(new RegExp(`^${name}: [a-z]`, 'm'));
    }
  });

  test('has lines of at most 130 characters, without blanks at the end', () => {
    for (const line of help.split('\n')) {
      expect(line.length).toBeLessThanOrEqual(130);
      expect(line).not.toMatch(/\s$/);
    }
    expect(help.endsWith('doctor lists them\n')).toBe(true);
  });
});

describe.each(commands)('the help on $name', (command) => {
  const help = helpOn(command);

  test('describes its options, and no others', () => {
    expect(described(help)).toEqual(Object.keys(command.options));
  });

  test('says what it does, and nothing about other commands', () => {
    expect([...help.matchAll(/^(\w+): /gm)].map(([, name]) => name)).toEqual(['usage', command.name, 'environment']);
  });
});

test('a line has names, the name of the value, the meaning and the default', () => {
  const lines = helpOn(count).split('\n');
  expect(lines).toContain('  -e, --pattern PATTERN    count PATTERN; may be repeated');
  expect(lines).toContain('      --threads N          count N blocks concurrently in each rank [default: 1]');
  expect(lines).toContain('      --overlapping        also count occurrences that overlap the one counted before');
});

describe('helpFor()', () => {
  test.each<[string, string[], string | undefined]>([
    ['--help', [], helpOnAll()],
    ['-h', ['count'], helpOnAll()],
    ['help', [], helpOnAll()],
    ['count', ['--help'], helpOn(count)],
    ['count', ['-ih', 'love'], helpOn(count)],
    ['count', ['--unknown', '--help'], helpOn(count)],
    ['count', ['-e', '--help'], undefined],
    ['count', ['love', 'book'], undefined],
    ['wc', ['-h'], helpOn(wc)],
    ['build', ['mpicc', '--help'], helpOn(build)],
    ['launch', ['--help'], helpOn(launch)],
    ['launch', ['-h', '--', 'count'], helpOn(launch)],
    ['launch', ['--', 'count', '--help'], helpOn(count)],
    ['launch', ['--scheduler', 'slurm', '--', 'wc', '-h'], helpOn(wc)],
    ['launch', ['--', 'count', '--', '--help'], undefined],
    ['launch', ['--', 'doctor', '--help'], undefined],
    ['launch', ['--', '--help'], undefined],
    ['launch', [], undefined],
    ['nonsense', ['--help'], undefined],
    ['', [], undefined],
  ])('%s %j', (name, args, help) => {
    expect(helpFor(name, args)).toBe(help);
  });
});

describe('wrap()', () => {
  test('breaks at blanks, as late as the width allows', () => {
    const word = 'x'.repeat(42);
    expect(wrap(`${word} ${word} ${word}x y`)).toBe(`${word} ${word} ${word}x\ny`);
    expect(wrap(`${word} ${word} ${word}xx y`)).toBe(`${word} ${word} ${word}xx\ny`);
    expect(wrap(`${word} ${word} ${word}xxx y`)).toBe(`${word} ${word}\n${word}xxx y`);
  });

  test('counts the indent, and leaves a long word whole', () => {
    const word = 'x'.repeat(200);
    expect(wrap(`a ${word} b`, '    ')).toBe(`a\n    ${word}\n    b`);
    expect(wrap('')).toBe('');
  });
});
