import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { mpis } from '../../test/support/job.ts';
import { grepOptions, type Question } from '../contestants/contestant.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { countWithLogs, logLines } from './journal.ts';
import { lookupsPerFile, measureOpened } from './opened.ts';
import type { Programs } from './programs.ts';
import type { Calls } from './rank-collectives.ts';
import type { Memory } from './rank-memory.ts';
import type { PlanAndJournal } from './rank-plan.ts';
import type { RankProgram } from './rank-program.ts';
import { measureStartUp } from './start-up.ts';
import * as tables from './tables.ts';
import type { Timed } from './timed.ts';

export interface Setting {
  readonly programs: Programs;
  readonly rankProgram: RankProgram;
  readonly inputs: Inputs;
  readonly scratch: string;
  /** The numbers of ranks to measure with. */
  readonly ranks: readonly number[];
  readonly runs: number;
}

export interface Section {
  readonly title: string;
  readonly text: string;
}

/** Every part, one after the other. */
export async function measureAll(setting: Setting): Promise<Section[]> {
  const sections: Section[] = [];
  for (const part of [startUp, operations, plans, collectives, opened, memory]) {
    console.error(`bench:scaling: ${part.name} (${Math.round(performance.now() / 1000)} s)`);
    sections.push(await part(setting));
  }
  return sections;
}

async function startUp({ programs, ranks, runs }: Setting): Promise<Section> {
  const results = await measureStartUp(programs, ranks, runs);
  const text = tables.forEachMpi((mpi) => tables.startUpTable(results, mpi));
  return { title: 'Start-up: seconds of a whole mpirun / CPU seconds a rank', text };
}

async function operations({ rankProgram, ranks, runs }: Setting): Promise<Section> {
  const jobs: tables.OperationsJob[] = [];
  for (const mpi of mpis) {
    for (const count of ranks) {
      const [timed = []] = await rankProgram.run<Timed[]>(mpi, count, 'operations', [String(runs)]);
      jobs.push({ mpi, ranks: count, timed });
    }
  }
  const text = tables.forEachMpi((mpi) => tables.operationsTable(jobs, mpi));
  return {
    title: 'Operations of all ranks, by number of ranks: ms from the last call to the last return / CPU ms a rank',
    text,
  };
}

const one: Question = { patterns: ['love'], ignoreCase: true };

async function plans({ programs, rankProgram, inputs, scratch }: Setting): Promise<Section> {
  const text = inputs.prose('text');
  const lists = [11, 10_000].map((size) => ({ size, question: { patterns: inputs.list(size), ignoreCase: true } }));
  const lines = [await logLines(programs, one, text, '1')];
  for (const { size, question } of lists) lines.push(await logLines(programs, question, text, String(size)));
  const many = lists[1]?.question ?? one;
  const logDirs = [await countWithLogs(programs, one, text, '4K'), await countWithLogs(programs, many, text, '128K')];
  const folder = asyncBatch(scratch);
  const args = [folder, ...logDirs];
  const [measured] = await rankProgram.run<PlanAndJournal>('openmpi', 1, 'planAndJournal', args);
  if (!measured) throw new Error('no answer');
  const perFile = await lookupsPerFile(
    programs,
    fileNames.map((name) => join(folder, name)),
  );
  return {
    title: 'Plan and journal, on rank 0',
    text: [
      tables.plansTable(measured),
      `To look at a file: ${(measured.inspectSeconds * 1e6).toFixed(1)} us. Of many small files, a single rank that counts`,
      `them all opens each ${perFile.opened} times, and asks ${perFile.other} other questions about each.\n`,
      tables.logLinesTable(lines),
      'Reading a journal, with 1 pattern and with 10,000, as a resumed count does on rank 0:\n',
      tables.journalsTable(measured),
    ].join('\n'),
  };
}

const fileNames = Array.from({ length: 1000 }, (_, index) => `${index}.txt`);

function asyncBatch(scratch: string): string {
  const folder = join(scratch, 'input', 'many');
  mkdirSync(folder);
  for (const name of fileNames) writeFileSync(join(folder, name), 'all you need is love\n');
  return folder;
}

const listedFiles = 100_000;

/** A list of small files, each of which is named often. */
function listOfFiles(scratch: string): string {
  const path = join(scratch, 'input', 'list');
  const name = (index: number) => join(scratch, 'input', 'many', fileNames[index % fileNames.length] ?? '');
  writeFileSync(path, Array.from({ length: listedFiles }, (_, index) => `${name(index)}\n`).join(''));
  return path;
}

async function collectives({ programs, rankProgram }: Setting): Promise<Section> {
  const [calls] = await rankProgram.run<[Calls, Calls]>('openmpi', 2, 'collectives', [programs.tiny.path]);
  if (!calls) throw new Error('no answer');
  return { title: 'Collectives and messages of a count, on rank 0', text: tables.callsTable(calls) };
}

async function opened({ programs, ranks }: Setting): Promise<Section> {
  const few = ranks.filter((_, index) => index === 1 || index === ranks.length - 1);
  const text = tables.openedTable(await measureOpened(programs, few));
  return {
    title:
      'Files that a rank opens + other system calls that name a file (stat, access, readlink, what is not there, ...)',
    text,
  };
}

async function memory({ rankProgram, inputs, ranks, scratch }: Setting): Promise<Section> {
  const text = [inputs.prose('text').path];
  const list: Question = { patterns: inputs.list(10_000), ignoreCase: true };
  const most = Math.max(...ranks);
  const plain = { ranks: 1, threads: 1, question: one, patterns: '1', input: text, files: '1' };
  const many = { input: ['--files-from', listOfFiles(scratch)], files: listedFiles.toLocaleString('en') };
  const cases = [
    ...ranks.map((count) => ({ ...plain, ranks: count })),
    { ...plain, threads: most },
    { ...plain, question: list, patterns: '10,000' },
    { ...plain, question: list, patterns: '10,000', ranks: most },
    { ...plain, question: list, patterns: '10,000', threads: most },
    { ...plain, ...many },
    { ...plain, ...many, ranks: most },
  ];
  const jobs: tables.MemoryJob[] = [];
  for (const mpi of mpis) {
    for (const { question, input, ...each } of cases) {
      const args = ['--io', 'read', '--threads', String(each.threads), ...grepOptions(question), ...input];
      const memories = await rankProgram.run<Memory>(mpi, each.ranks, 'memory', args, each.threads);
      jobs.push({ ...each, mpi, memories });
    }
  }
  return {
    title: 'Memory in MB, the median over the ranks (64 MiB of text, --io read: the input is not part of it)',
    text: tables.memoryTable(jobs),
  };
}
