import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import stringWidth from 'string-width';
import { afterAll, describe, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { mpis, program, run, runJob, temporaryFolder } from '../support/job.ts';
import { rankLogPath } from '../support/log-folder.ts';
import { prose } from '../support/text.ts';

// What `mpicount report` tells of the groups and records of whole jobs, beside what the program in docs/recipes.md computes from their CSV.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const options = { timeoutSeconds: 60, cwd: folder };
const content = prose(60_000);

const recipes = readFileSync(join(packageRoot, 'docs/recipes.md'), 'utf8');
const [, recipe = ''] = /^### dispersion\.py\n\n```python\n([^]*?)^```/m.exec(recipes) ?? [];
// With more digits.
writeFileSync(join(folder, 'dispersion.py'), recipe.replace('.3f', '.9f'));

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

// Folders and sources whose names would act on a terminal or a page.
const hostileNames = ['news', 'b,"o', '\u202e\u001b[31m', '<script>alert(1)'];

/** The texts of a corpus by path: some are empty, packed in two members, or longer than a block. */
const texts = new Map(
  Array.from({ length: 12 }, (_, index): [path: string, text: Buffer] => {
    const suffix = index % 5 === 1 ? '.gz' : '';
    return [
      `corpus/${hostileNames[index % 4] ?? ''}/${index}${suffix}`,
      content.subarray(5000 * index, 5000 * index + 700 * (index % 3)),
    ];
  }),
);
for (const [path, text] of texts) {
  const members = [text.subarray(0, 500), text.subarray(500)].map((member) => gzipSync(member));
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), path.endsWith('.gz') ? Buffer.concat(members) : text);
}
const linesIn = (text: string) => text.split('\n').filter((line, index, all) => line !== '' || index < all.length - 1);
const linesOfTexts = sum([...texts.values()].map((text) => linesIn(text.toString('latin1')).length));

const documents = Array.from({ length: 90 }, (_, index) => ({
  text: content.subarray(600 * index, 600 * index + 80 * (index % 7)).toString('latin1'),
  source: [...hostileNames, 'a\tb', ''][(index * index) % 6] ?? '',
}));
writeFileSync(join(folder, 'docs.jsonl'), documents.map((each) => `${JSON.stringify(each)}\n`).join(''));

interface Grouping {
  readonly by: string;
  readonly input: readonly string[];
  /** The size of each file, or 1 for each record, beside its group. */
  readonly sizes: readonly (readonly [group: string, size: number])[];
  readonly unit: 'bytes' | 'records';
  /** The number of all records. */
  readonly records: number;
}

const inCorpus = { input: ['--records', 'line', 'corpus'], unit: 'bytes', records: linesOfTexts } as const;
const sizeOf = (path: string) => statSync(join(folder, path)).size;
const groupings: readonly Grouping[] = [
  { by: 'file', sizes: [...texts.keys()].map((path) => [path, sizeOf(path)]), ...inCorpus },
  {
    by: 'path:^corpus/([^/]+)/',
    sizes: [...texts.keys()].map((path) => [path.split('/')[1] ?? '', sizeOf(path)]),
    ...inCorpus,
  },
  {
    by: 'jsonl:source',
    input: ['--records', 'jsonl:text', 'docs.jsonl'],
    sizes: documents.map(({ source }) => [source, 1]),
    unit: 'records',
    records: documents.length,
  },
];

/** Returns a table of the sizes of groups, as the recipe reads it. */
function sizesCsv(sizes: Grouping['sizes']): string {
  const sums = new Map<string, number>();
  for (const [group, size] of sizes) sums.set(group, (sums.get(group) ?? 0) + size);
  return ['size,file', ...[...sums].map(([group, size]) => `${size},"${group.replaceAll('"', '""')}"`)].join('\r\n');
}

/** What is told of a pattern: the occurrences, the range, and the deviation with nine digits, empty if there is none. */
type Told = readonly [count: string, range: string, deviation: string];

/** Runs the recipe. @param csv The CSV of the job. */
async function toldByRecipe(name: string, csv: Buffer, sizes: Grouping['sizes']): Promise<Map<string, Told>> {
  const [counts, table] = [`${name}.csv`, `${name}-sizes.csv`];
  writeFileSync(join(folder, counts), csv);
  writeFileSync(join(folder, table), sizesCsv(sizes));
  const outcome = await run(['python3', 'dispersion.py', counts, table, 'size'], options);
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  const [, ...lines] = outcome.stdout.toString().trimEnd().split('\n');
  return new Map(
    lines.map((line) => {
      const [term = '', count = '', range = '', deviation = ''] = line.split('\t');
      return [term, [count, range, deviation]];
    }),
  );
}

async function report(logDir: string, ...args: string[]): Promise<string> {
  const outcome = await run([process.execPath, program, 'report', ...args, logDir], options);
  expect(outcome).toMatchObject({ status: 0, stderr: '' });
  return outcome.stdout.toString();
}

interface Row {
  readonly pattern: string;
  readonly inRecords: number;
  readonly groups: number;
  readonly told: Told;
}

/** Returns the rows of the table of patterns. */
async function rowsOf(logDir: string): Promise<Row[]> {
  const [heads, ...lines] = (await report(logDir, '--format', 'csv', '--table', 'patterns')).trimEnd().split('\r\n');
  expect(heads).toBe('count,records,pattern,range,parts,deviation,groupRange,groups,groupDeviation');
  return lines.map((line) => {
    const [count = '', inRecords, pattern = '', , , , range = '', groups, deviation = ''] = line.split(',');
    const shown = deviation === '' ? '' : Number(deviation).toFixed(9);
    return { pattern, inRecords: Number(inRecords), groups: Number(groups), told: [count, range, shown] };
  });
}

/** Removes every other block from the log of a rank. */
function removeBlocks(logDir: string, rank: number): void {
  const path = rankLogPath(logDir, rank);
  const lines = readFileSync(path, 'utf8').split('\n');
  const kept = lines.filter((line, index) => !line.includes('"event":"block"') || index % 2 === 0);
  expect(kept.length).toBeLessThan(lines.length);
  writeFileSync(path, kept.join('\n'));
}

const patterns = ['love', 'the', 'a', 'qqqq'];

describe.each(mpis)('%s', (mpi) => {
  test.each(groupings)(
    'groups by $by have the range and DP of the recipe, and names do no harm: 3 ranks, resumed with 2',
    { timeout: 240_000 },
    async ({ by, input, sizes, unit, records }) => {
      const name = `${mpi}-${by.replace(/\W/g, '')}`;
      const logDir = join(folder, name);
      const more = ['--log-dir', logDir, '--block-size', '400', '--format', 'csv'];
      const args = ['count', '--by', by, ...more, ...patterns.flatMap((pattern) => ['-e', pattern]), ...input];
      const counted = await runJob(mpi, 3, args, options);
      expect(counted.status).toBe(0);
      const told = await toldByRecipe(name, counted.stdout, sizes);
      const counts = counted.stdout
        .toString()
        .split('\r\n')
        .map((line) => line.split(','));
      const groups = new Set(sizes.flatMap(([group, size]) => (size > 0 ? group : []))).size;
      const expected = patterns.map((pattern) => ({
        pattern,
        inRecords: sum(counts.flatMap(([, inRecords, of]) => (of === pattern ? Number(inRecords) : []))),
        groups,
        told: told.get(pattern) ?? ['0', '0', ''],
      }));
      expect([...told.keys()].sort()).toEqual(['a', 'love', 'the']);
      expect(await rowsOf(logDir)).toEqual(expected);

      removeBlocks(logDir, 1);
      expect(await report(logDir)).toMatch(/^not complete: /);
      expect((await runJob(mpi, 2, [...args, '--resume'], options)).status).toBe(0);
      expect(await rowsOf(logDir)).toEqual(expected);

      const page = join(folder, `${name}.html`);
      await report(logDir, '--html', page);
      const [text, json, html] = [
        await report(logDir),
        await report(logDir, '--format', 'json'),
        readFileSync(page, 'utf8'),
      ];
      for (const output of [text, json, html]) {
        expect(output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028]/u);
      }
      for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(80);
      expect(text).toContain(
        `\nrecords: in how many of ${records} records\nrange: in how many of ${groups} groups; DP: `,
      );
      expect(JSON.parse(json)).toMatchObject({ by, groups, groupUnit: unit, records });
      expect(html).not.toContain('<script>alert');
      expect(html).toContain(`<dt>groups</dt><dd><bdi>${groups}, by `);
    },
  );
});
