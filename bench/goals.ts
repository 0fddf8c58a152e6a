import { countingName } from './contestants/counting.ts';
import {
  decodedGrepName,
  decodingName,
  decodingTwiceName,
  ripgrepZName,
  zgrepLoopName,
} from './contestants/decoders.ts';
import { gnuGrepName } from './contestants/greps.ts';
import { duckDbName, jqRipgrepName, pythonJsonName } from './contestants/json.ts';
import { ddName, helloName, readName } from './contestants/limits.ts';
import { mpicountName } from './contestants/mpicount.ts';
import { coreutilsWcName, mpicountWcName } from './contestants/wc.ts';
import type { Mpi } from '../test/support/job.ts';
import type { Measured } from './measured.ts';
import { bzip2Decoder, libdeflateDecoder, zstdDecoder } from './packed-rows.ts';
import { guidesOverZgrep, recordsName } from './record-rows.ts';

/** What the program should reach; each is a number that is measured. */
interface Goal {
  readonly goal: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  readonly value: (measured: Measured) => number;
  /** Found by profiling; told where the goal is not met. */
  readonly reason?: string;
}

const [oneRank, twoRanks] = [mpicountName({ ranks: 1 }), mpicountName({ ranks: 2 })];

/** How many times as fast as ripgrep, where that is the least. */
const overRipgrep =
  (...rows: string[]) =>
  ({ speed }: Measured) =>
    Math.min(...rows.map((row) => speed(row, twoRanks) / speed(row, 'ripgrep')));

const folded =
  (pattern: string, ascii: string) =>
  ({ speed }: Measured) =>
    speed('folding', mpicountName({ ranks: 1, how: pattern })) /
    speed('folding', mpicountName({ ranks: 1, how: ascii }));

const overWc =
  (other: string) =>
  ({ speed }: Measured) =>
    Math.min(...['wc', 'wc-russian', 'wc-chinese'].map((row) => speed(row, mpicountWcName()) / speed(row, other)));

const overHello =
  (mpi: Mpi) =>
  ({ seconds }: Measured) =>
    seconds('start-up', mpicountName({ ranks: 4, mpi })) - seconds('start-up', helloName(mpi, 4));

/** How many times as fast as another contestant of the same row. */
const over =
  (row: string, other: string, ours = twoRanks) =>
  ({ speed }: Measured) =>
    speed(row, ours) / speed(row, other);

const startUpReason =
  'perf: four starts of Node, of 32 ms of CPU each, share two cores; meanwhile ranks that are further wait in MPI_Init, MPICH without yielding';

const fewReason =
  'perf: half in the filter (0.1 ns a byte), a quarter and more in the kernel, which maps the file, the rest in what the filter lets through and in starting';

/** The median time with progress, divided by that without. */
const withProgress = ({ seconds }: Measured) => {
  const [never, always] = ['never', 'always'].map((mode) =>
    seconds('progress', mpicountName({ how: `--progress ${mode}` })),
  );
  return (always ?? NaN) / (never ?? NaN);
};

const goals: readonly Goal[] = [
  {
    goal: 'progress, 2 ranks: the time with it, divided by that without',
    atMost: 1.01,
    value: withProgress,
  },
  // Reading is the limit of one pattern, for ripgrep, too; a goal on 4 GiB would be one on starting.
  {
    goal: 'one pattern in 16 GiB, 2 ranks, counting alone: speed over that of reading the mapped file in two processes',
    atLeast: 0.9,
    value: over('largest-i', readName('mmap', 2), countingName(2)),
  },
  {
    goal: 'one pattern in 16 GiB, any case, 2 ranks: times as fast as ripgrep',
    atLeast: 2,
    value: overRipgrep('largest-i'),
  },
  {
    goal: '11 patterns, any case, 2 ranks: times as fast as ripgrep',
    atLeast: 8,
    value: overRipgrep('list-11-i'),
    reason: fewReason,
  },
  // A quarter of the time of the whole job is starting, which does not shrink with the text.
  {
    goal: '11 patterns, exact, 2 ranks, counting alone: times as fast as ripgrep',
    atLeast: 8,
    value: over('list-11', 'ripgrep', countingName(2)),
    reason: `${fewReason}; any case takes hardly longer, but ripgrep more than twice as long`,
  },
  {
    goal: '10,000 patterns, any case, 2 ranks: times as fast as ripgrep',
    atLeast: 15,
    value: overRipgrep('list-10000-i'),
  },
  {
    goal: '10,000 patterns, exact, 2 ranks: times as fast as ripgrep',
    atLeast: 15,
    value: overRipgrep('list-10000'),
    reason:
      'perf: 40 % in the table and the counts, 35 % in the first look at each place, 20 % in a second look at those found',
  },
  ...(
    [
      ['100,000', 'list-100000', 200],
      ['1,000,000', 'list-1000000', 60],
    ] as const
  ).map(([size, row, least]) => ({
    goal: `${size} patterns, exact, one rank, counting alone: MB/s`,
    atLeast: least,
    value: ({ speed }: Measured) => speed(row, countingName(1)) / 1e6,
  })),
  {
    goal: '1,000,000 patterns, exact, 2 ranks: times as fast as GNU grep',
    atLeast: 15,
    value: over('list-1000000', gnuGrepName),
  },
  {
    goal: '1,000,000 patterns, exact, 2 ranks: times as fast as ripgrep',
    atLeast: 8,
    value: overRipgrep('list-1000000'),
  },
  {
    goal: '`love`, any case, 2 ranks: times as fast as mpi4py on 2 ranks',
    atLeast: 8,
    value: ({ speed }) => speed('love-i', twoRanks) / speed('love-i', 'mpi4py, 2 ranks'),
  },
  {
    goal: 'one rank, counting alone: speed over that of reading the page cache (pread) in one process',
    atLeast: 0.9,
    value: ({ speed }) => speed('ranks', countingName(1)) / speed('ranks', readName('pread', 1)),
    reason:
      'it takes as long as only reading the mapped file (limits in row ranks); pread into a small buffer is quicker here',
  },
  {
    goal: 'two ranks, counting alone: times as fast as one',
    atLeast: 1.9,
    value: ({ speed }) => speed('ranks', countingName(2)) / speed('ranks', countingName(1)),
    reason: 'both wait for the same memory: reading alone does not scale better (limits in row ranks)',
  },
  {
    goal: 'one rank, whole process: speed over that of reading the page cache (pread) in one process',
    atLeast: 0.9,
    value: ({ speed }) => speed('ranks', oneRank) / speed('ranks', readName('pread', 1)),
    reason: 'starting takes what row book-i does; the limit is a C program that starts at once',
  },
  {
    goal: 'two ranks, whole processes: times as fast as one',
    atLeast: 1.9,
    value: ({ speed }) => speed('ranks', twoRanks) / speed('ranks', oneRank),
    reason: 'starting does not shrink; for the rest see above',
  },
  {
    goal: 'a single letter, one rank: times as fast as ripgrep (the lesser of letter-i, letter)',
    atLeast: 3,
    value: ({ speed }) => Math.min(...['letter-i', 'letter'].map((row) => speed(row, oneRank) / speed(row, 'ripgrep'))),
  },
  {
    goal: 'Unicode case folding: speed over that of a pattern with ASCII variants only (`risk` over `love`)',
    atLeast: 0.9,
    value: folded('risk', 'love'),
  },
  {
    goal: 'the same for rare patterns (`kestrel` over `harpoon`)',
    atLeast: 0.9,
    value: folded('kestrel', 'harpoon'),
  },
  {
    goal: 'wc, 2 ranks: times as fast as wc of coreutils (the least of wc, wc-russian, wc-chinese)',
    atLeast: 20,
    value: overWc(coreutilsWcName),
  },
  {
    goal: 'wc, 2 ranks: speed over that of counting a letter (the least of wc, wc-russian, wc-chinese)',
    atLeast: 0.7,
    value: overWc(mpicountName({ how: 'count a letter' })),
  },
  {
    goal: 'many gzip members, 2 ranks: times as fast as ripgrep -z',
    atLeast: 8,
    value: over('gzip-members', ripgrepZName),
    reason: 'libdeflate alone on both cores is hardly faster: see the next goal',
  },
  {
    goal: 'many gzip members, 2 ranks: speed over that of libdeflate in two processes',
    atLeast: 0.9,
    value: over('gzip-members', decodingTwiceName(libdeflateDecoder)),
  },
  {
    goal: 'many zstd frames, 2 ranks: times as fast as ripgrep -z',
    atLeast: 4,
    value: over('zstd-frames', ripgrepZName),
    reason: 'zstd alone on both cores is hardly faster: see the next goal',
  },
  {
    goal: 'many zstd frames, 2 ranks: speed over that of zstd in two processes',
    atLeast: 0.9,
    value: over('zstd-frames', decodingTwiceName(zstdDecoder)),
  },
  {
    goal: 'one bzip2 stream, 2 ranks: times as fast as bzip2 -dc and GNU grep',
    atLeast: 1.7,
    value: over('bzip2', decodedGrepName(bzip2Decoder)),
  },
  {
    goal: 'one bzip2 stream, 2 ranks: speed over that of decoding with lbzip2 on 2 cores',
    atLeast: 0.9,
    value: over('bzip2', decodingName('lbzip2 -dc -n 2')),
    reason: 'perf: 93 % in libbz2; lbzip2 has a decoder of its own',
  },
  {
    goal: 'one bzip2 stream, 2 ranks: speed over that of bzip2 in two processes',
    atLeast: 0.9,
    value: over('bzip2', decodingTwiceName(bzip2Decoder)),
  },
  {
    goal: 'BGZF, 2 ranks: speed over that of decoding with bgzip on 2 cores',
    atLeast: 0.9,
    value: over('bgzf', decodingName('bgzip -dc -@ 2')),
  },
  {
    goal: 'one gzip member, one rank: times as fast as ripgrep -z',
    atLeast: 3,
    value: over('gzip-member', ripgrepZName, oneRank),
    reason: "perf: 78 % in Node's zlib, which is Chromium's; libdeflate decodes no streams",
  },
  {
    goal: 'one gzip member, one rank: speed over that of decoding with pigz',
    atLeast: 1,
    value: over('gzip-member', decodingName('pigz -dc'), oneRank),
  },
  ...([1, 11, 10_000] as const).map((size) => ({
    goal: `--records line, ${size === 1 ? 'one pattern' : `${size.toLocaleString('en')} patterns`}, 2 ranks: the time, divided by that of counting occurrences alone`,
    atMost: 1.3,
    value: ({ seconds }: Measured) =>
      seconds(`records-${size}`, mpicountName({ how: recordsName })) / seconds(`records-${size}`, twoRanks),
  })),
  {
    goal: 'jsonl:text, UTF-8, 2 ranks: GB/s of stored bytes a rank (the lesser of jsonl, jsonl-russian)',
    atLeast: 1,
    value: ({ speed }) => Math.min(...['jsonl', 'jsonl-russian'].map((row) => speed(row, twoRanks))) / 2 / 1e9,
  },
  {
    goal: 'jsonl:text, 2 ranks: times as fast as DuckDB',
    atLeast: 3,
    value: over('jsonl', duckDbName),
  },
  {
    goal: 'jsonl:text, 2 ranks: times as fast as jq -r .text and ripgrep',
    atLeast: 5,
    value: over('jsonl', jqRipgrepName),
  },
  {
    goal: `jsonl:text, 2 ranks: times as fast as a loop in ${pythonJsonName}`,
    atLeast: 3,
    value: over('jsonl', pythonJsonName),
  },
  {
    goal: '10,000 guides by sample, 2 ranks: times as fast as a loop of zgrep -c over a hundredth of them, its time times 100',
    atLeast: 10,
    value: ({ seconds }) => (guidesOverZgrep * seconds('guides', zgrepLoopName)) / seconds('guides', twoRanks),
  },
  {
    goal: 'even work, 2 ranks: speed with --schedule dynamic over that with static',
    atLeast: 0.97,
    value: over('schedule', mpicountName({ how: 'static' }), mpicountName({ how: 'dynamic' })),
  },
  {
    goal: '100,000 files of 2.5 kB, 2 ranks: seconds longer than ripgrep, without those of starting (row book-i)',
    atMost: 0,
    value: ({ seconds }) =>
      seconds('many-files', twoRanks) - seconds('many-files', 'ripgrep') - seconds('book-i', twoRanks),
    reason:
      'perf: the kernel takes most (each file is looked up, opened, read, and looked at again when all is counted); rank 0 lists and plans alone',
  },
  {
    goal: 'cold, 2 ranks: speed over that of dd bs=4M',
    atLeast: 0.95,
    value: ({ speed }) => speed('cold', twoRanks) / speed('cold', ddName),
    reason: 'starting, before a byte is read',
  },
  {
    goal: 'a small text at 4 ranks, Open MPI: seconds longer than a C hello',
    atMost: 0.12,
    value: overHello('openmpi'),
    reason: startUpReason,
  },
  {
    goal: 'a small text at 4 ranks, MPICH: seconds longer than a C hello',
    atMost: 0.12,
    value: overHello('mpich'),
    reason: startUpReason,
  },
  {
    goal: 'files of the project that a rank opens',
    atMost: 5,
    value: ({ filesOpened }) => filesOpened,
  },
];

export interface GoalResult {
  readonly goal: string;
  readonly wanted: string;
  readonly measured: number | null;
  readonly met: 'yes' | 'no' | 'not measured';
  readonly reason: string;
}

export function checkGoals(measured: Measured): GoalResult[] {
  return goals.map(({ goal, atLeast = -Infinity, atMost = Infinity, value, reason = '' }) => {
    const wanted = atMost === Infinity ? `at least ${atLeast}` : `at most ${atMost}`;
    const found = value(measured);
    if (Number.isNaN(found)) return { goal, wanted, measured: null, met: 'not measured', reason: '' };
    const met = found >= atLeast && found <= atMost;
    return { goal, wanted, measured: found, met: met ? 'yes' : 'no', reason: met ? '' : reason };
  });
}
