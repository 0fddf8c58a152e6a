import type { Question } from './contestants/contestant.ts';
import { zgrepLoop } from './contestants/decoders.ts';
import { duckDb, jqRipgrep, pythonJson } from './contestants/json.ts';
import { mpicount } from './contestants/mpicount.ts';
import type { Input } from './inputs/inputs.ts';
import type { Means, Row } from './row.ts';

/** Contestants print occurrences first, which are their answer. */
const lines: Row[] = [1, 11, 10_000].map((size) => ({
  name: `records-${size}`,
  what: `${size === 1 ? '`love`' : `${size} patterns`}, exact; lines that contain them beside occurrences`,
  contestants: ({ inputs }) => {
    const question = { patterns: size === 1 ? ['love'] : inputs.list(size) };
    const text = inputs.prose('larger');
    return [mpicount(question, text), mpicount(question, text, { args: ['--records', 'line'], how: recordsName })];
  },
}));

export const recordsName = '--records line';

/** Copies of the same text: jq and Python are too slow for all of it. */
function fieldContestants(question: Question, text: Input, part: Input) {
  const args = ['--records', 'jsonl:text'];
  return [
    mpicount(question, text, { args }),
    mpicount(question, text, { args, ranks: 1 }),
    duckDb(question, text),
    jqRipgrep(question, part),
    pythonJson(question, part),
  ];
}

const fields: Row[] = [
  {
    name: 'jsonl',
    what: '`love`, exact, in the field `text` of JSON lines; bytes are those of the lines',
    contestants: ({ inputs }: Means) =>
      fieldContestants({ patterns: ['love'] }, inputs.jsonLines('larger'), inputs.jsonLines('part')),
  },
  ...(['UTF-8', 'escaped'] as const).map((escaping) => ({
    name: escaping === 'UTF-8' ? 'jsonl-russian' : 'jsonl-escaped',
    what: `\`любовь\`, exact, in the field \`text\`, ${escaping === 'UTF-8' ? 'as UTF-8' : String.raw`as \uXXXX`}`,
    contestants: ({ inputs }: Means) =>
      fieldContestants(
        { patterns: ['любовь'] },
        inputs.russianJsonLines(escaping, 'large'),
        inputs.russianJsonLines(escaping, 'part'),
      ),
  })),
];

/** How many times as many guides as zgrep looks for. */
export const guidesOverZgrep = 100;

const reads: Row[] = [
  {
    name: 'guides',
    what: `10,000 guides by sample in 8 files, gzip; zgrep, in a loop, looks for a ${guidesOverZgrep}th of them`,
    contestants: ({ inputs }) => {
      const [all, some] = [{ patterns: inputs.guides(10_000) }, { patterns: inputs.guides(10_000 / guidesOverZgrep) }];
      const [samples, args] = [inputs.samples(), ['--by', 'file', '--records', 'fastq']];
      return [
        mpicount(all, samples, { args }),
        mpicount(some, samples, { args, how: `a ${guidesOverZgrep}th` }),
        zgrepLoop(some, samples),
      ];
    },
  },
];

export const recordRows: readonly Row[] = [...lines, ...fields, ...reads];
