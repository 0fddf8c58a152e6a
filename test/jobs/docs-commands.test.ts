import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, describe, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { launcherOf, mpis, program, run, temporaryFolder, type Mpi } from '../support/job.ts';

// The commands that the documentation shows, run as they stand there.

const { folder, remove } = temporaryFolder();
afterAll(remove);

const dispersion = /^term\tcount\trange\tDP\nall the\t1\t1\t0\.667\nlove\t3\t2\t0\.333\n$/;
// The three files have 14, 33 and 13 stored bytes.
const dispersionOfStored = /^term\tcount\trange\tDP\nall the\t1\t1\t0\.767\nlove\t3\t2\t0\.233\n$/;

/** What each command prints, for the texts below. */
const printed: Readonly<Record<string, RegExp>> = {
  "mpirun -np 4 mpicount count -i -w -e love -e 'all the' --log-dir logs/1 *.txt": /^3\tlove\n2\tall the\n$/,
  'mpirun -np 4 mpicount doctor': /^mpicount +\d[^]*\nranks +4: 0-3 on /,
  'grep -h \'"waiting"\' DIR/ranks/*/* | sort': /^(\{"time":.*"event":"waiting".*\}\n){2}$/,
  'mpirun -np 4 mpicount count -i -e love --log-dir logs/1 *.txt': /^4\tlove\n$/,
  'mpicount status logs/1': /^complete\nblocks +4 of 4\n[^]*\n4\tlove\n$/,
  'mpirun -np 16 mpicount count -i -e love --log-dir logs/1 --resume *.txt': /^4\tlove\n$/,
  "mpirun -np 4 mpicount count -i -w -f lists/terms.txt --by 'path:^corpus/([^/]+)/' --format csv corpus > by-source.csv":
    /^$/,
  'mpirun -np 4 mpicount wc --format csv corpus > words.csv': /^$/,
  'python3 by-source.py by-source.csv words.csv':
    /^term\tbooks\tnews\nall the\t333333\.3\t0\.0\nlove\t0\.0\t500000\.0\n$/,
  'mpirun -np 4 mpicount count -i -w -f lists/terms.txt --records jsonl:text --by jsonl:source --format json docs.jsonl.gz > by-source.json':
    /^$/,
  'python3 share.py by-source.json':
    /^source\tterm\tcount\tdocuments\tshare\nbooks\tlove\t2\t1\t50\.0%\ncafé\tlove\t1\t1\t100\.0%\ncafé\tall the\t1\t1\t100\.0%\n$/,
  "mpirun -np 4 mpicount count --ids -f lists/guides.tsv --records fastq --by 'path:([^/]+)\\.fastq\\.gz$' --format csv reads > reads.csv":
    /^$/,
  'python3 matrix.py reads.csv lists/guides.tsv': /^guide\tS1\tS2\ng1\t2\t0\ng2\t0\t0\ng3\t1\t1\n$/,
  'mpirun -np 4 mpicount count -i -w -f lists/terms.txt --by file --log-dir logs/2 --format csv corpus > by-file.csv':
    /^$/,
  'mpicount report logs/2 --format csv --table patterns':
    /^count,pattern,range,parts,deviation,groupRange,groups,groupDeviation\r\n3,love,[^,]+,4,[^,]+,2,3,0\.233\d+\r\n1,all the,1,4,[^,]+,1,3,0\.766\d+\r\n$/,
  'python3 dispersion.py by-file.csv words.csv': dispersion,
  'Rscript dispersion.R by-file.csv words.csv': dispersion,
  'mpirun -np 4 mpicount wc --no-decompress --format csv corpus > stored.csv': /^$/,
  'python3 dispersion.py by-file.csv stored.csv bytes': dispersionOfStored,
  'Rscript dispersion.R by-file.csv stored.csv bytes': dispersionOfStored,
  'mpirun -np 4 mpicount count --ids -f lists/named.tsv --by file --format csv corpus':
    /^count,id,pattern,group\r\n1,"t""2",all the,corpus\/books\/a\.txt\r\n2,t1,ove,corpus\/news\/b\.txt\.gz\r\n1,t1,ove,corpus\/news\/c\.txt\r\n$/,
  "mpirun -np 4 mpicount count -w -f lists/terms.txt --records line --by 'path:^corpus/([^/]+)/' --format csv corpus":
    /^count,records,pattern,group\r\n1,1,all the,books\r\n2,2,love,news\r\n$/,
  'setsid mpicount launch -- count --log-dir logs/1 -i -e love *.txt </dev/null >totals 2>messages &': /^4\tlove\n$/,
};

/** Commands that other tests run, or `.ci/run`. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm start': '.ci/run',
  'npm start -- -i -e love -e hate -e hope FILE': '.ci/run',
  'npm test': '.ci/run',
  'npm install -g mpicount': '.ci/package',
  'npm install mpicount': '.ci/package',
  'mpirun -np 4 node ring.mjs': 'test/jobs/library.test.ts',
  'sbatch -n 64 jobs/count.slurm -i -e love FILE': 'test/cluster',
  'sbatch -N 8 -n 512 jobs/count.slurm -f words.txt --format json FILE...': 'test/cluster',
  'sbatch -n 16 jobs/count.slurm --log-dir logs/4711 -i -e love FILE': 'test/cluster',
  "QSUB='qsub -l select=8:ncpus=64:mpiprocs=64' jobs/count.pbs -i -e love FILE": 'test/jobs/job-scripts.test.ts',
};

const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(packageRoot, 'docs')).map((name) => `docs/${name}`)];
const commandsOf = (page: string) =>
  [...readFileSync(join(packageRoot, page), 'utf8').matchAll(/^```console\n([^]*?)^```/gm)]
    .flatMap(([, block = '']) => block.split('\n'))
    .filter((line) => line.startsWith('$ '))
    .map((line) => line.slice(2));

test('every command of the documentation is run by a test, and no other is named here', () => {
  const shown = new Set(pages.flatMap(commandsOf));
  expect([...shown].sort()).toEqual([...Object.keys(printed), ...Object.keys(elsewhere)].sort());
});

/** The scripts of docs/recipes.md, by name: each is the section of that name. */
const scripts = [
  ...readFileSync(join(packageRoot, 'docs/recipes.md'), 'utf8').matchAll(/^### (\S+)\n\n```\w+\n([^]*?)^```/gm),
].map(([, name = '', text = '']): [string, string] => [name, text]);

/** Whether the program of a command is here: R is not, on most machines. */
function isHere(command: string): boolean {
  const [name = ''] = command.split(' ');
  return name !== 'Rscript' || spawnSync(name, ['--version']).error === undefined;
}

/** Makes a folder with texts, and one with the programs that the commands name. */
function prepare(mpi: Mpi): { cwd: string; environment: Record<string, string> } {
  const cwd = mkdtempSync(join(folder, 'page-'));
  writeFileSync(join(cwd, 'a.txt'), 'love, Love all the\n');
  writeFileSync(join(cwd, 'b.txt'), 'lovely love all the thing');
  const lists = join(cwd, 'lists');
  mkdirSync(lists);
  writeFileSync(join(lists, 'terms.txt'), 'love\nall the\n');
  writeFileSync(join(lists, 'named.tsv'), 't1\tove\nt"2\tall the\n');
  const corpus = {
    'books/a.txt': 'all the thing\n',
    'news/b.txt.gz': gzipSync('love\nlove it\n'),
    'news/c.txt': 'Love it, too\n',
  };
  for (const [name, text] of Object.entries(corpus)) {
    mkdirSync(dirname(join(cwd, 'corpus', name)), { recursive: true });
    writeFileSync(join(cwd, 'corpus', name), text);
  }
  writeFileSync(join(lists, 'guides.tsv'), 'g1\tACGT\ng2\tTTTTT\ng3\tGGCC\n');
  const reads = {
    S1: '@ACGT\nACGTACGT\n+\n@ACGTIII\n@2\nGGCCACGT\n+ACGT\nIIIIIIII\n',
    S2: '@1\nAAGGCC\n+\n+IIIII\n@TTTTT\nACG\n+\nIII\n',
  };
  mkdirSync(join(cwd, 'reads'));
  for (const [sample, text] of Object.entries(reads))
    writeFileSync(join(cwd, 'reads', `${sample}.fastq.gz`), gzipSync(text));
  const documents = [
    { url: 'http://love.example/', source: 'books', text: 'Love\n\u201clove\u201d lovely' },
    { source: 'books', text: 'hope' },
    { text: 'all the love', source: 'caf\u00e9' },
  ];
  writeFileSync(
    join(cwd, 'docs.jsonl.gz'),
    gzipSync(documents.map((document) => `${JSON.stringify(document)}\n`).join('')),
  );
  for (const [script, text] of scripts) writeFileSync(join(cwd, script), text);
  const bin = join(cwd, 'bin');
  mkdirSync(bin);
  const programs = { mpicount: `'${process.execPath}' '${program}'`, mpirun: launcherOf(mpi) };
  for (const [name, command] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  }
  return { cwd, environment: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, NP: '4' } };
}

describe.each(mpis)('%s', (mpi) => {
  test.each(pages.filter((page) => commandsOf(page).some((command) => command in printed)))(
    'the commands of %s print what they should, 4 and 16 ranks',
    { timeout: 240_000 },
    async (page) => {
      const { cwd, environment } = prepare(mpi);
      const bash = (command: string) => run(['bash', '-c', command], { cwd, environment, timeoutSeconds: 60 });
      expect((await bash('mpirun -np 2 mpicount count --log-dir DIR love a.txt')).status).toBe(0);
      for (const command of commandsOf(page).filter((each) => each in printed && isHere(each))) {
        if (!command.includes('--resume') && command.includes('--log-dir logs/1')) await bash('rm -rf logs');
        const inBackground = command.endsWith('&');
        const outcome = await bash(inBackground ? `${command}\nwait $! && cat totals` : command);
        const { status, stdout, stderr } = outcome;
        const expected: unknown = expect.stringMatching(printed[command] ?? /^$/);
        expect({ command, status, stdout: stdout.toString(), stderr }).toEqual({
          command,
          status: 0,
          stdout: expected,
          stderr: '',
        });
      }
    },
  );
});
