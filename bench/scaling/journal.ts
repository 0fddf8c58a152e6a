import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { program, run } from '../../test/support/job.ts';
import { grepOptions, type Question } from '../contestants/contestant.ts';
import { launch } from '../contestants/launch.ts';
import type { Input } from '../inputs/inputs.ts';
import type { Programs } from './programs.ts';

/** Bytes of the lines of a rank log. */
export interface LogLines {
  readonly patterns: string;
  /** Of a block of 64 MiB. */
  readonly block: number;
  readonly others: number;
}

/** Counts with one rank, and leaves the log folder. */
export async function countWithLogs(programs: Programs, question: Question, input: Input, blockSize: string) {
  const { command, environment } = launch('openmpi', 1);
  const logDir = programs.newLogDir();
  const args = ['count', '--log-dir', logDir, '--block-size', blockSize, ...grepOptions(question), input.path];
  const outcome = await run([...command, process.execPath, program, ...args], { timeoutSeconds: 120, environment });
  if (outcome.status !== 0) throw new Error(`with logs: status ${outcome.status}: ${outcome.stderr}`);
  return logDir;
}

/** How long the lines in the log of one rank are. */
export async function logLines(programs: Programs, question: Question, input: Input, patterns: string) {
  const logDir = await countWithLogs(programs, question, input, '65M');
  const log = readFileSync(join(logDir, 'ranks', '000', 'rank-000000.jsonl'));
  const lines = log.toString().split(/(?<=\n)/);
  const blocks = lines.filter((line) => line.includes('"event":"block"'));
  if (blocks.length !== 1) throw new Error(`${blocks.length} blocks instead of one`);
  const block = Buffer.byteLength(blocks.join(''));
  return { patterns, block, others: log.length - block } satisfies LogLines;
}
