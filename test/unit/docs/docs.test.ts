import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { packageRoot } from '../../../src/base/package.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  ...readdirSync(join(packageRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const read = (page: string) => readFileSync(join(packageRoot, page), 'utf8');

test.each(pages)('the links of %s lead to files of the project', (page) => {
  const links = [...read(page).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)].map(([, link = '']) => link);
  const broken = links.filter((link) => !/^https?:/.test(link) && !existsSync(join(packageRoot, dirname(page), link)));
  expect(broken).toEqual([]);
});

test.each(pages)('the npm scripts that %s names are in package.json', (page) => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = [...read(page).matchAll(/npm run ([a-z][\w:-]*)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

describe('the table of rooms in docs/architecture.md', () => {
  const table = /^\| room \|[\s\S]*?\n\n/m.exec(read('docs/architecture.md'))?.[0] ?? '';
  const rows = [...table.matchAll(/^\| `([^`]+)\/` \| [^|]+ \| ([^|]+) \|$/gm)].map(([, room = '', imports = '']) => ({
    room,
    imports: [...imports.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
  }));

  test('has every folder of src/ and native/, and no other', () => {
    const folders = (place: string) =>
      readdirSync(join(packageRoot, place), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${place}/${name}`);
    const rooms = rows.map(({ room }) => room).filter((room) => /^(src|native)\//.test(room));
    expect(rooms.sort()).toEqual([...folders('src'), ...folders('native')].sort());
  });

  test('says of src/ what the lint rule for imports enforces', () => {
    const config = createRequire(import.meta.url)(join(packageRoot, '.config', 'dependency-cruiser.cjs')) as {
      forbidden: { name: string; comment: string }[];
    };
    const enforced = config.forbidden.flatMap(({ name, comment }) => {
      const room = /^(\w+)-imports-downward$/.exec(name)?.[1];
      const imports = comment.replace(/^\S+ may import from/, '').matchAll(/src\/(\w+)/g);
      return room === undefined ? [] : [{ room: `src/${room}`, imports: [...imports].map(([, each]) => each) }];
    });
    const told = rows.filter(({ room }) => room.startsWith('src/'));
    for (const { room, imports } of enforced) {
      expect({ room, imports: told.find((row) => row.room === room)?.imports }).toEqual({ room, imports });
    }
    expect(told).toHaveLength(enforced.length);
  });
});
