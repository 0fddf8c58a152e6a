import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { commandLinePage } from '../../../scripts/docs/command-line.ts';
import { packageRoot } from '../../../src/base/package.ts';
import { commands } from '../../../src/cli/options/commands.ts';

const page = readFileSync(join(packageRoot, 'docs', 'command-line.md'), 'utf8');

test('docs/command-line.md is what npm run docs makes of the tables', () => {
  expect(page).toBe(commandLinePage());
});

test('docs/command-line.md describes each option once', () => {
  const described = [...page.matchAll(/^\| (?:`-\w`, )?`--([\w-]+)/gm)].map(([, name = '']) => name);
  const options = new Set(commands.flatMap((command) => Object.values(command.options)));
  const programOptions = ['help', 'version'];
  expect(described).toHaveLength(options.size + programOptions.length);
});

test.each(commands)('docs/command-line.md names all options of $name in its section', ({ name, options }) => {
  const section = page.split(/^## /m).find((part) => part.startsWith(`mpicount ${name}\n`)) ?? '';
  const named = [...section.matchAll(/`--([\w-]+)/g)].map(([, option = '']) => option);
  expect(named).toEqual(expect.arrayContaining(Object.keys(options)));
});

test('no row of docs/command-line.md has another number of cells than its head', () => {
  const tables = [...page.matchAll(/(?:^\|.*\n)+/gm)].map(([text]) => text.trimEnd().split('\n'));
  expect(tables.length).toBeGreaterThan(commands.length);
  for (const [head = '', ...rows] of tables) {
    const cells = (row: string) => row.split(/(?<!\\)\|/).length;
    for (const row of rows) expect([row, cells(row)]).toEqual([row, cells(head)]);
  }
});
