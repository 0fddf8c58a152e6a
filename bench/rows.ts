import { rmSync } from 'node:fs';
import { join } from 'node:path';

import { mpis } from '../test/support/job.ts';
import { cold } from './contestants/cold.ts';
import { counting } from './contestants/counting.ts';
import type { Question } from './contestants/contestant.ts';
import { gnuGrep, parallelGrep, parallelGrepFiles, ripgrep, ugrep } from './contestants/greps.ts';
import { dd } from './contestants/limits.ts';
import { mpicount } from './contestants/mpicount.ts';
import { coroutines, mpi4py } from './contestants/python.ts';
import { coreutilsWc, mpicountWc } from './contestants/wc.ts';
import { longListRows } from './long-list-rows.ts';
import { packedRows } from './packed-rows.ts';
import { recordRows } from './record-rows.ts';
import type { Means, Row } from './row.ts';

const ask = (pattern: string, more: Omit<Question, 'patterns'> = {}): Question => ({ patterns: [pattern], ...more });
const anyCase = { ignoreCase: true };

const onePattern: Row[] = [
  {
    name: 'love-i',
    what: '`love` (200 in a MB), any case',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('love', anyCase), inputs.prose('larger')];
      return [
        mpicount(question, larger),
        mpicount(question, larger, { ranks: 1 }),
        ...[ripgrep, gnuGrep, ugrep, parallelGrep, mpi4py].map((peer) => peer(question, larger)),
        coroutines(question, inputs.prose('part')),
      ];
    },
  },
  {
    name: 'love',
    what: '`love`, exact',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('love'), inputs.prose('larger')];
      const peers = [ripgrep, gnuGrep, ugrep, parallelGrep, mpi4py].map((peer) => peer(question, larger));
      return [mpicount(question, larger), ...peers];
    },
  },
  {
    name: 'rare-i',
    what: '`harpoon` (1 in a MB), any case',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('harpoon', anyCase), inputs.prose('larger')];
      return [mpicount(question, larger), ...[ripgrep, gnuGrep, ugrep].map((peer) => peer(question, larger))];
    },
  },
  {
    name: 'rare',
    what: '`harpoon`, exact',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('harpoon'), inputs.prose('larger')];
      return [mpicount(question, larger), ...[ripgrep, gnuGrep, ugrep].map((peer) => peer(question, larger))];
    },
  },
  ...[true, false].map((ignoreCase) => ({
    name: ignoreCase ? 'common-i' : 'common',
    what: `\`the\` (15,000 in a MB), ${ignoreCase ? 'any case' : 'exact'}`,
    contestants: ({ inputs }: Means) => {
      const [question, large, part] = [ask('the', { ignoreCase }), inputs.prose('large'), inputs.prose('part')];
      return [
        mpicount(question, large),
        mpicount(question, large, { ranks: 1 }),
        ...[ripgrep, mpi4py].map((peer) => peer(question, large)),
        ...[gnuGrep, ugrep, parallelGrep].map((peer) => peer(question, part)),
      ];
    },
  })),
  ...[true, false].map((ignoreCase) => ({
    name: ignoreCase ? 'letter-i' : 'letter',
    what: `\`e\` (118,000 in a MB), ${ignoreCase ? 'any case' : 'exact'}`,
    contestants: ({ inputs }: Means) => {
      const question = ask('e', { ignoreCase });
      const [larger, part] = [inputs.prose('larger'), inputs.prose('part')];
      return [
        mpicount(question, larger),
        mpicount(question, larger, { ranks: 1 }),
        ...[ripgrep, gnuGrep, ugrep, parallelGrep, mpi4py].map((peer) => peer(question, part)),
      ];
    },
  })),
  {
    name: 'word-i',
    what: '`love` as a word (`-w`), any case',
    contestants: ({ inputs }) => {
      const [question, large] = [ask('love', { ...anyCase, word: true }), inputs.prose('large')];
      return [mpicount(question, large), ...[ripgrep, gnuGrep, ugrep].map((peer) => peer(question, large))];
    },
  },
  {
    name: 'folding',
    what: 'one rank; `love` and `harpoon` have ASCII variants only, `risk` and `kestrel` (as frequent) also `ſ` and the Kelvin sign',
    contestants: ({ inputs }) =>
      ['love', 'risk', 'harpoon', 'kestrel'].map((pattern) =>
        mpicount(ask(pattern, anyCase), inputs.prose('larger'), { ranks: 1, how: pattern }),
      ),
  },
];

/** The lists have no two patterns that overlap in the text: so totals mean the same to all (inputs/lists.ts). */
const manyPatterns: Row[] = (
  [
    [3, true],
    [11, true],
    [11, false],
    [100, true],
    [1000, true],
    [10_000, true],
    [10_000, false],
  ] as const
).map(([size, ignoreCase]) => ({
  name: `list-${size}${ignoreCase ? '-i' : ''}`,
  what: `${size} patterns, ${ignoreCase ? 'any case' : 'exact'}; totals of all`,
  contestants: ({ inputs, scratch }) => {
    const question = { patterns: inputs.list(size), ignoreCase };
    const [part, text] = [inputs.prose('part'), inputs.prose(size === 11 || size === 10_000 ? 'larger' : 'large')];
    return [
      mpicount(question, text),
      ...(size === 11 ? [counting(question, text, 2, scratch)] : []),
      ripgrep(question, size < 1000 ? text : part),
      ...[gnuGrep, ugrep, parallelGrep].map((peer) => peer(question, size < 1000 ? part : inputs.prose('text'))),
      ...(size <= 11 ? [mpi4py(question, part)] : []),
    ];
  },
}));

const texts: Row[] = [
  {
    name: 'russian-i',
    what: '`любовь` (200 in a MB), any case (ugrep does not fold Cyrillic)',
    contestants: ({ inputs }) => {
      const [question, large] = [ask('любовь', anyCase), inputs.russian('large')];
      return [
        mpicount(question, large),
        ripgrep(question, large),
        gnuGrep(question, inputs.russian('part'), 'C.UTF-8'),
      ];
    },
  },
  {
    name: 'russian',
    what: '`любовь`, exact',
    contestants: ({ inputs }) => {
      const [question, large] = [ask('любовь'), inputs.russian('large')];
      return [mpicount(question, large), ...[ripgrep, gnuGrep, ugrep, mpi4py].map((peer) => peer(question, large))];
    },
  },
  {
    name: 'chinese',
    what: '`爱情` (200 in a MB), exact',
    contestants: ({ inputs }) => {
      const [question, large] = [ask('爱情'), inputs.chinese('large')];
      return [mpicount(question, large), ...[ripgrep, gnuGrep, ugrep, mpi4py].map((peer) => peer(question, large))];
    },
  },
  {
    name: 'line-i',
    what: '`love`, any case, in one line without an end',
    contestants: ({ inputs }) => {
      const [question, line] = [ask('love', anyCase), inputs.line()];
      return [mpicount(question, line), ...[ripgrep, gnuGrep, ugrep].map((peer) => peer(question, line))];
    },
  },
  {
    name: 'repeats',
    what: '1,000 letters `a` in lines of 10,000: the worst case of a pattern that repeats itself',
    contestants: ({ inputs }) => {
      const [question, letters] = [ask('a'.repeat(1000)), inputs.oneLetter()];
      return [mpicount(question, letters), ...[ripgrep, gnuGrep].map((peer) => peer(question, letters))];
    },
  },
  {
    name: 'files-i',
    what: '`love`, any case, in many small files',
    contestants: ({ inputs }) => {
      const [question, files] = [ask('love', anyCase), inputs.smallFiles()];
      const peers = [ripgrep, gnuGrep, ugrep, parallelGrepFiles].map((peer) => peer(question, files));
      const folder = { asFolder: true, how: 'as a folder' };
      return [
        mpicount(question, files),
        mpicount(question, files, folder),
        mpicount(question, files, { ranks: 1 }),
        ...peers,
      ];
    },
  },
  {
    name: 'many-files',
    what: '`love`, exact, in very many files of 2.5 kB',
    contestants: ({ inputs }) => {
      const [question, files] = [ask('love'), inputs.manyFiles()];
      return [
        mpicount(question, files, { asFolder: true }),
        mpicount(question, files, { asFolder: true, ranks: 1 }),
        ...[ripgrep, gnuGrep].map((peer) => peer(question, files)),
      ];
    },
  },
  {
    name: 'book-i',
    what: '`love`, any case, in a small text',
    contestants: ({ inputs }) => {
      const [question, book] = [ask('love', anyCase), inputs.book()];
      const ours = [2, 1, 4].map((ranks) => mpicount(question, book, { ranks }));
      return [...ours, ...[ripgrep, gnuGrep, ugrep, parallelGrep, mpi4py].map((peer) => peer(question, book))];
    },
  },
  {
    name: 'large-i',
    what: '`love`, any case',
    contestants: ({ inputs }) => {
      const [question, large] = [ask('love', anyCase), inputs.prose('large')];
      return [mpicount(question, large), ripgrep(question, large), mpi4py(question, large)];
    },
  },
  {
    name: 'largest-i',
    what: '`love`, any case; without what starting and ending take, as rank logs tell ("counting"); reading alone is the limit',
    contestants: ({ inputs, limits, scratch }) => {
      const [question, largest] = [ask('love', anyCase), inputs.prose('largest')];
      return [
        mpicount(question, largest),
        counting(question, largest, 2, scratch),
        limits.read('mmap', 2, largest),
        ripgrep(question, largest),
        mpi4py(question, inputs.prose('larger')),
      ];
    },
  },
];

/** The last contestant of each counts a letter, as a measure of how fast the text can be read. */
const wc: Row[] = (
  [
    ['prose', 'e'],
    ['russian', 'о'],
    ['chinese', '爱'],
  ] as const
).map(([language, letter]) => ({
  name: language === 'prose' ? 'wc' : `wc-${language}`,
  what: 'lines, words, characters and bytes',
  contestants: ({ inputs }) => {
    const large = inputs[language]('large');
    return [
      mpicountWc(large),
      mpicountWc(large, 1),
      coreutilsWc(inputs[language]('part')),
      mpicount(ask(letter), large, { how: 'count a letter' }),
    ];
  },
}));

/** Open MPI would bind all threads of a single rank to one core. */
const unbound = { OMPI_MCA_hwloc_base_binding_policy: 'none' };

const running: Row[] = [
  {
    name: 'ranks',
    what: '`love`, any case; without what starting and ending take, as rank logs tell ("counting"); reading alone is the limit',
    contestants: ({ inputs, limits, scratch }) => {
      const [question, larger] = [ask('love', anyCase), inputs.prose('larger')];
      return [
        ...[2, 1, 4].map((ranks) => mpicount(question, larger, { ranks })),
        ...[2, 1].map((ranks) => counting(question, larger, ranks, scratch)),
        ...[1, 2].map((processes) => limits.read('pread', processes, larger)),
        ...[1, 2].map((processes) => limits.read('mmap', processes, larger)),
      ];
    },
  },
  {
    name: 'threads',
    what: '`love`, any case; two threads in one rank, or two ranks',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('love', anyCase), inputs.prose('larger')];
      const threads = { ranks: 1, args: ['--threads', '2'], environment: unbound, how: '2 threads' };
      return [mpicount(question, larger), mpicount(question, larger, threads)];
    },
  },
  {
    name: 'io',
    what: '`love`, any case; ways to read',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('love', anyCase), inputs.prose('larger')];
      const ways = ['mmap', 'read'].map((how) => mpicount(question, larger, { args: ['--io', how], how }));
      return [mpicount(question, larger), ...ways];
    },
  },
  {
    name: 'schedule',
    what: '`love`, any case, on even work: ranges that are assigned while ranks count, or before',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('love', anyCase), inputs.prose('larger')];
      return ['static', 'dynamic'].map((how) => mpicount(question, larger, { args: ['--schedule', how], how }));
    },
  },
  {
    name: 'cold',
    what: '`love`, any case, from disk: nothing is in the page cache',
    contestants: ({ inputs }) => {
      const [question, larger] = [ask('love', anyCase), inputs.prose('larger')];
      const ours = [2, 1].map((ranks) => mpicount(question, larger, { ranks }));
      return [...ours, ripgrep(question, larger), dd(larger)].map(cold);
    },
  },
  {
    name: 'logs',
    what: '`love`, any case, with rank logs and without',
    contestants: ({ inputs, scratch }) => {
      const [question, larger] = [ask('love', anyCase), inputs.prose('larger')];
      const folder = join(scratch, 'logs');
      const before = () => rmSync(folder, { recursive: true, force: true });
      const logs = { args: ['--log-dir', folder], before, how: 'logs' };
      return [mpicount(question, larger), mpicount(question, larger, logs)];
    },
  },
  {
    name: 'progress',
    what: '10,000 patterns, exact, which takes seconds, with progress and without',
    contestants: ({ inputs }) => {
      const [question, large] = [{ patterns: inputs.list(10_000) }, inputs.prose('large')];
      const asked = (mode: string) => ({ args: ['--progress', mode], how: `--progress ${mode}` });
      return [mpicount(question, large, asked('never')), mpicount(question, large, asked('always'))];
    },
  },
  {
    name: 'start-up',
    what: '`love`, any case, in a small text at 4 ranks: most of it is starting',
    contestants: ({ inputs, limits }) => {
      const [question, book] = [ask('love', anyCase), inputs.book()];
      return [
        ...mpis.map((mpi) => mpicount(question, book, { ranks: 4, mpi })),
        ...mpis.map((mpi) => limits.hello(mpi, 4, book)),
        mpi4py(question, book, 4),
      ];
    },
  },
];

export const rows: readonly Row[] = [
  ...onePattern,
  ...manyPatterns,
  ...texts,
  ...longListRows,
  ...packedRows,
  ...recordRows,
  ...wc,
  ...running,
];
