import { rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeEach, expect, test } from 'vitest';

import { assignmentFor, layoutOf } from '../../../src/corpus/assignment.ts';
import { FileTable } from '../../../src/corpus/file-table.ts';
import { Layout, makeGrid } from '../../../src/corpus/grid.ts';
import type { CheckedAssignment } from '../../../src/job/schedule/schedule.ts';
import { suspectsIn } from '../../../src/job/schedule/suspects.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const count = 3000;
const pathOf = (index: number) => join(folder, String(index));

/** In blocks of 6 bytes, this file is in blocks 1000 and 1001. */
const cut = pathOf(1501);

beforeEach(() => {
  for (let index = 0; index < count; index += 1) writeFileSync(pathOf(index), 'love');
});

function filesNow(): FileTable {
  return FileTable.from(Array(count).keys(), (index) => {
    const { mtimeNs, ino } = statSync(pathOf(index), { bigint: true });
    return { path: Buffer.from(pathOf(index)), size: 4, modified: mtimeNs, inode: ino };
  });
}

/** Returns consecutive assignments of blocks of 6 bytes, which end within files. @param ends The block at which each ends. */
function assignmentsOf(files: FileTable, ends: readonly number[]): CheckedAssignment[] {
  const grid = makeGrid(files.bytes, 1, 6);
  const layout = new Layout(files.parts, grid);
  return ends.map((end, index) => {
    const assignment = assignmentFor([{ first: ends[index - 1] ?? 0, end }], files, layout);
    return { slice: assignment.slice, files: assignment.files, layout: layoutOf(assignment, grid) };
  });
}

async function suspectPaths(assignments: readonly CheckedAssignment[]): Promise<string[]> {
  return Array.from(await suspectsIn(assignments), ({ path }) => path.toString());
}

test('no file is suspected that is in the state that it had, but for few files, which are looked at one by one', async () => {
  const files = filesNow();
  expect(await suspectPaths(assignmentsOf(files, [2000]))).toEqual([]);
  expect(await suspectPaths(assignmentsOf(files, [3]))).toEqual([0, 1, 2, 3, 4].map(pathOf));
});

test.each([
  ['removed', () => rmSync(cut)],
  ['cut off', () => truncateSync(cut, 3)],
  ['grown', () => writeFileSync(cut, 'lovely')],
  ['written to', () => utimesSync(cut, 1, 1)],
])('a file that was %s is suspected, once, with the offset at which it begins', async (_, change) => {
  const files = filesNow();
  // It is the last file of one assignment and the first of the next.
  const assignments = assignmentsOf(files, [1, 1001, 2000]);
  expect(assignments.map(({ files }) => [...files].some(({ path }) => path.toString() === cut))).toEqual([
    false,
    true,
    true,
  ]);
  change();
  const suspects = await suspectsIn(assignments);
  const found = suspects.filter(({ path }) => path.toString() === cut);
  expect(found).toEqual([{ ...files.at(1501), begin: 6004 }]);
  expect(new Set(suspects.map(({ begin }) => begin)).size).toBe(suspects.length);
});

test('skipped files are not suspected', async () => {
  const files = filesNow().skipping([1501]);
  rmSync(cut);
  expect(await suspectPaths(assignmentsOf(files, [2000]))).not.toContain(cut);
});
