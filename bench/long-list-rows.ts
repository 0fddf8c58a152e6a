import type { Question } from './contestants/contestant.ts';
import { counting } from './contestants/counting.ts';
import { gnuGrep, ripgrep, ugrep } from './contestants/greps.ts';
import { mpicount } from './contestants/mpicount.ts';
import { ahoCorasick } from './contestants/python.ts';
import type { Input, Inputs } from './inputs/inputs.ts';
import type { Row } from './row.ts';

interface LongList {
  readonly row: string;
  readonly what: string;
  readonly patterns: (inputs: Inputs) => string;
  readonly text: (inputs: Inputs, size: 'text' | 'large') => Input;
  /** ugrep 3.11 refuses a million patterns: "exceeds complexity limits". */
  readonly hasUgrep: boolean;
}

const lists: readonly LongList[] = [
  ...[100_000, 1_000_000].map((size) => ({
    row: `list-${size}`,
    what: `${size} ends of sentences of English, of which half occur`,
    patterns: (inputs: Inputs) => inputs.sentenceEnds(size),
    text: (inputs: Inputs, copies: 'text' | 'large') => inputs.prose(copies),
    hasUgrep: size === 100_000,
  })),
  ...(
    [
      [100_000, 20, 'guides'],
      [1_000_000, 16, 'barcodes'],
    ] as const
  ).map(([size, length, kind]) => ({
    row: kind === 'guides' ? 'dna-100000' : 'dna-1000000',
    what: `${size} ${kind} of ${length} bases, one in each line of 57 or less`,
    patterns: (inputs: Inputs) => inputs.sequences(size, length),
    text: (inputs: Inputs, copies: 'text' | 'large') => inputs.readsOf(size, length, copies),
    hasUgrep: kind === 'guides',
  })),
  {
    row: 'identifiers-100000',
    what: '100,000 identifiers with long prefixes in common, in a log that has as many others like them',
    patterns: (inputs) => inputs.identifiers(100_000),
    text: (inputs, copies) => inputs.log(100_000, copies),
    hasUgrep: true,
  },
];

/** The others count in one copy of the text, since they take a minute for each. Their time includes getting ready, as ours does. */
export const longListRows: readonly Row[] = lists.map(({ row, what, patterns, text, hasUgrep }) => ({
  name: row,
  what: `${what}; exact, totals of all`,
  contestants: ({ inputs, scratch }) => {
    const question: Question = { patterns: patterns(inputs) };
    const [large, one] = [text(inputs, 'large'), text(inputs, 'text')];
    return [
      mpicount(question, large),
      mpicount(question, large, { ranks: 1 }),
      counting(question, large, 1, scratch),
      mpicount(question, one, { how: 'one copy' }),
      ...[ripgrep, gnuGrep, ...(hasUgrep ? [ugrep] : []), ahoCorasick].map((peer) => peer(question, one)),
    ];
  },
}));
