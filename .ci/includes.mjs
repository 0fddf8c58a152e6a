// Checks that C++ includes run downward only, from a room to the rooms below it, and in no circle. `npm run lint` runs this.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** The rooms of native/ and what each may include (docs/architecture.md has the same table). */
const below = {
  block: ['files', 'kernel', 'match', 'source', 'text'],
  files: [],
  kernel: ['match', 'text'],
  match: ['text'],
  source: ['text'],
  text: [],
  mpi: [],
};

const rooms = Object.keys(below);
const files = rooms.flatMap((room) =>
  readdirSync(join('native', room), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(cc|h)$/.test(name))
    .map((name) => join('native', room, name)),
);
/** @type {string[]} */
const faults = [];

/** @param {string} file */
function includesOf(file) {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/^#include "([^"]+)"/gm)].map(([, path = '']) => normalize(join(dirname(file), path)));
}

/** @param {string} file */
const roomOf = (file) => file.split('/')[1] ?? '';

for (const file of files) {
  for (const included of includesOf(file)) {
    const [from, to] = [roomOf(file), roomOf(included)];
    if (!existsSync(included)) faults.push(`${file} includes ${included}, which does not exist`);
    else if (from !== to && !(/** @type {Record<string, string[]>} */ (below)[from]?.includes(to))) {
      faults.push(`${file} includes ${included}: native/${from} must not include native/${to}`);
    }
  }
}

/** The files on the way from the first one to where the search is. @type {string[]} */
const path = [];
/** @type {Set<string>} */
const done = new Set();

/** @param {string} file */
function findCircle(file) {
  if (path.includes(file)) {
    faults.push(`a circle of includes: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
    return;
  }
  if (done.has(file) || !existsSync(file)) return;
  done.add(file);
  path.push(file);
  includesOf(file).forEach(findCircle);
  path.pop();
}
files.forEach(findCircle);

if (files.length === 0) faults.push('there are no C++ files; is this the project?');
for (const fault of faults) console.error(fault);
process.exitCode = faults.length > 0 ? 1 : 0;
