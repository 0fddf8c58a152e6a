import { expect, test } from 'vitest';

import { findingNames, Findings, type FindingName } from '../../../src/scan/findings.ts';
import { findingNotes } from '../../../src/job/notes/finding-notes.ts';

/** Each with its count and the begin of the first file. */
function findings(all: Partial<Record<FindingName, [number, number]>>): Findings {
  const made = new Findings();
  for (const [name, [count, begin]] of Object.entries(all)) {
    made.add(findingNames.indexOf(name as FindingName), count, begin);
  }
  return made;
}

const notes = (all: Parameters<typeof findings>[0]) =>
  findingNotes(findings(all), 9, (begin) => Buffer.from(`at-${begin}\u200b`));

test.each([
  ['nothing', {}, []],
  [
    'compressed files of some kinds, in one line',
    { gzip: [2, 70], zip: [1, 30] },
    [
      '3 of 9 files are compressed (gzip: 2, zip: 1; the first: at-30\\xe2\\x80\\x8b); ' +
        'counted were the stored bytes, not the text in them: leave out --no-decompress, but decompress zip and 7z first',
    ],
  ],
  [
    'UTF-16 and JSON lines, each in a line',
    { 'UTF-16': [1, 0], 'JSON lines': [9, 0] },
    [
      '1 of 9 files is not UTF-8 (UTF-16: 1; the first: at-0\\xe2\\x80\\x8b); ' +
        'counted were the raw bytes, in which UTF-8 is not found: leave out --no-decompress, or name the encoding, as in --encoding UTF-32LE',
      '9 of 9 files are JSON lines (the first: at-0\\xe2\\x80\\x8b); ' +
        'counted were the raw bytes, names of fields and escapes included; to count in a field: --records jsonl:FIELD',
    ],
  ],
  [
    'Latin-1',
    { besideOther: [5, 7], besideCharacter: [5, 0] },
    [
      '--word: 5 occurrences beside bytes that are not UTF-8 passed as words (the first in at-7\\xe2\\x80\\x8b), ' +
        'as in Latin-1: name the encoding, as in --encoding latin1',
    ],
  ],
  [
    'a line without a group',
    { withoutGroup: [1, 7] },
    [
      '--by: 1 line does not name its group, and is in the group with the empty name (the first in at-7\\xe2\\x80\\x8b)',
    ],
  ],
  [
    'lines without a group',
    { withoutGroup: [12, 0] },
    [
      '--by: 12 lines do not name their group, and are in the group with the empty name (the first in at-0\\xe2\\x80\\x8b)',
    ],
  ],
  ['not of some broken bytes in UTF-8', { besideOther: [5, 0], besideCharacter: [6, 0] }, []],
] satisfies [string, Parameters<typeof findings>[0], string[]][])('notes of %s', (_name, all, expected) => {
  expect(notes(all)).toEqual(expected);
});
