import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { scheduleKinds } from '../../src/job/plan/plan.ts';
import { mpis, ownLines, program, run, type Outcome } from '../support/job.ts';
import { runAttempt, type Attempt, type AttemptResult } from './attempt.ts';
import { isDivided, makeQuestion, type PatternTotals, type Question } from './corpus.ts';
import { damage } from './damage.ts';
import { deaths, type Death } from './deaths.ts';
import { Dice } from './dice.ts';
import { planOf, readJournals, type Journals } from './journals.ts';
import { killAll, processesOf, tagged } from './processes.ts';

export interface Problem {
  readonly kind: 'wrong totals' | 'hang' | 'other';
  readonly text: string;
}

/** One job of a scenario, for the table. */
export interface Step {
  readonly attempt: Attempt;
  readonly result: AttemptResult;
  /** Whether it printed the totals. */
  readonly done: boolean;
  /** What became of the rank logs afterwards. */
  readonly damage: string | undefined;
}

export interface Scenario {
  readonly number: number;
  readonly question: Question;
  readonly steps: readonly Step[];
  readonly problems: readonly Problem[];
  readonly blocks: number;
  /** Blocks that were counted and written down, in all jobs. */
  readonly counted: number;
  /** Of these, the ones that went with damaged rank logs, and had to be counted again. */
  readonly lost: number;
  readonly seconds: number;
}

/** Where the campaign lives, and what marks its processes. */
export interface Campaign {
  readonly folder: string;
  readonly tag: string;
  readonly preload: string;
  readonly seed: number;
}

const rankCounts = [1, 2, 3, 4, 5, 7] as const;

/** One count that is hit once or several times, and resumed until it is done. */
export async function runScenario(number: number, campaign: Campaign): Promise<Scenario> {
  const folder = join(campaign.folder, String(number));
  mkdirSync(folder);
  const scenario = new RunningScenario(number, folder, campaign);
  try {
    return await scenario.run();
  } finally {
    killAll(scenario.tag);
    rmSync(folder, { recursive: true, force: true });
  }
}

class RunningScenario {
  readonly tag: string;
  readonly #number: number;
  readonly #campaign: Campaign;
  readonly #logDir: string;
  readonly #question: Question;
  readonly #steps: Step[] = [];
  readonly #problems: Problem[] = [];
  #wasComplete = false;
  /** Of blocks, in the rank logs, when last looked at. */
  #lines = 0;
  #counted = 0;
  #lost = 0;

  constructor(number: number, folder: string, campaign: Campaign) {
    this.#number = number;
    this.#campaign = campaign;
    this.tag = `${campaign.tag}/${number}`;
    this.#logDir = join(folder, 'logs');
    this.#question = makeQuestion(folder, new Dice(campaign.seed, number));
  }

  async run(): Promise<Scenario> {
    const start = performance.now();
    try {
      const hits = 1 + Math.floor(this.#dice(-1).fraction() ** 2 * 4);
      for (let hit = 0; hit < hits; hit += 1) await this.#step(this.#plan(hit));
      await this.#step({ ...this.#plan(hits), resume: true, death: undefined });
      await this.#checkEnd();
    } catch (error) {
      this.#problem('other', (error as Error).stack ?? String(error));
    }
    return {
      number: this.#number,
      question: this.#question,
      steps: this.#steps,
      problems: this.#problems,
      blocks: this.#blocks,
      counted: this.#counted,
      lost: this.#lost,
      seconds: (performance.now() - start) / 1000,
    };
  }

  get #blocks(): number {
    return Math.ceil(this.#question.bytes / this.#question.blockSize);
  }

  /** Decisions of one step do not depend on how the ones before went. */
  #dice(step: number): Dice {
    return new Dice(this.#campaign.seed, this.#number, step + 1);
  }

  /** The first deaths of all scenarios take turns, so that each comes as often under both MPIs. */
  #plan(hit: number): Attempt {
    const dice = this.#dice(hit);
    const [mpi, death] = [dice.pick(mpis), dice.pick(deaths)];
    const [ranks, resume] = [dice.pick(rankCounts), hit > 0 || dice.chance(0.3)];
    const schedule = dice.pick(scheduleKinds);
    if (hit > 0) return { mpi, ranks, schedule, resume, death };
    const turn = Math.floor(this.#number / deaths.length) % mpis.length;
    return { mpi: mpis[turn]!, ranks, schedule, resume, death: deaths[this.#number % deaths.length]! };
  }

  async #step(attempt: Attempt): Promise<void> {
    const step = this.#steps.length;
    const dice = new Dice(this.#campaign.seed, this.#number, step + 1, 1);
    const place = { logDir: this.#logDir, tag: `${this.tag}/${step}`, preload: this.#campaign.preload };
    const result = await runAttempt(attempt, this.#question, place, dice);
    const done = this.#check(attempt, result);
    // Then nothing writes any more, not even an earlier job that was overtaken.
    const mayGoOn = attempt.death?.overtaken === true || processesOf(this.tag).length > 0;
    const ended = attempt.death !== undefined && !mayGoOn;
    const damaged = ended && dice.chance(0.5) ? this.#damage(dice) : undefined;
    this.#steps.push({ attempt, result, done, damage: damaged });
    if (ended && dice.chance(0.3)) await this.#checkStatus();
  }

  /** Whether the totals were printed. */
  #check({ mpi, ranks, death }: Attempt, { outcome, hang, before }: AttemptResult): boolean {
    if (hang !== undefined) this.#problem('hang', hang);
    const journals = this.#readOn();
    if (!outcome) return false;
    const { status } = outcome;
    const { rows, status: statusOfRows } = this.#question;
    const { counts, rest } = sortOutput(outcome.stdout.toString());
    // There may be no group with an occurrence; the status and result.json then tell.
    const done = counts === rows && (rows !== '' || status === statusOfRows);
    if (!done && counts !== '') this.#problem('wrong totals', `status ${status}, printed ${counts}`);
    if (!done && status === statusOfRows && death?.deniedBy !== mpi)
      this.#problem('wrong totals', 'status 0 without totals');
    if (rest !== '') this.#problem('other', `on stdout besides the totals: ${rest}`);
    if (done) this.#checkResult();
    this.#wasComplete ||= journals.blocks === this.#blocks;
    if (!this.#wasComplete && existsSync(join(this.#logDir, 'result.json'))) {
      this.#problem('other', 'there is a result.json, but not all blocks');
    }
    const started = [...journals.pids.values()].flat().length - [...before.pids.values()].flat().length;
    const unheard = started < ranks || journals.blocks === this.#blocks;
    const expected = [statusOfRows, ...(death?.statuses[mpi] ?? []), ...(unheard ? (death?.unheard?.[mpi] ?? []) : [])];
    if (!expected.includes(status)) {
      this.#problem('other', `status ${status} (${journals.blocks} of ${this.#blocks} blocks): ${describe(outcome)}`);
    }
    return done;
  }

  #checkResult(): void {
    const { totals, files, bytes, fields } = this.#question;
    const result = JSON.parse(readFileSync(join(this.#logDir, 'result.json'), 'utf8')) as ResultFile;
    if (!isDeepStrictEqual(result.patterns, totals)) {
      this.#problem('wrong totals', `result.json: ${JSON.stringify(result)}`);
    }
    for (const [key, value] of Object.entries({ files: files.length, bytes, ...fields })) {
      if (result[key] !== value) this.#problem('other', `result.json: ${key} is ${JSON.stringify(result[key])}`);
    }
  }

  /** Reads the rank logs, and takes down what was counted since they were read last. */
  #readOn(): Journals {
    const journals = readJournals(this.#logDir);
    this.#counted += journals.blockLines - this.#lines;
    this.#lines = journals.blockLines;
    return journals;
  }

  #damage(dice: Dice): string | undefined {
    const { blocks } = this.#readOn();
    const name = damage(this.#logDir, dice);
    const after = readJournals(this.#logDir);
    this.#lost += blocks - after.blocks;
    this.#lines = after.blockLines;
    return name;
  }

  /** That the whole count is in the log folder, and that nothing was counted twice that need not be. */
  async #checkEnd(): Promise<void> {
    if (!this.#steps.at(-1)?.done) this.#problem('other', 'not done in the end');
    await this.#checkStatus(true);
    const again = this.#counted - this.#blocks;
    const overtaken = this.#steps.some(({ attempt }) => attempt.death?.overtaken);
    // Blocks that began with a wrong guess are counted again.
    const isWrong = isDivided(this.#question) ? again < this.#lost : again !== this.#lost;
    if (!overtaken && isWrong) {
      this.#problem('other', `${again} blocks counted again, ${this.#lost} were lost`);
    }
  }

  /** That `mpicount status` tells what is in the log folder, whatever happened to it. */
  async #checkStatus(isEnd = false): Promise<void> {
    if (!planOf(this.#logDir)) return; // it came to nothing
    const { blocks } = readJournals(this.#logDir);
    const command = [process.execPath, program, 'status', '--format', 'json', this.#logDir];
    const outcome = await run(command, { timeoutSeconds: 30, environment: tagged(this.tag) });
    if (outcome.status !== 0) {
      this.#problem('other', `mpicount status: ${describe(outcome)}`);
      return;
    }
    const status = JSON.parse(outcome.stdout.toString()) as StatusReport;
    // Blocks that began with a wrong guess are not done, although the logs have lines of them.
    const isUncertain = isDivided(this.#question) && !isEnd;
    const complete = isUncertain ? status.blocksDone === this.#blocks : blocks === this.#blocks;
    const done = isUncertain ? Math.min(blocks, status.blocksDone) : blocks;
    const { patterns } = status;
    const { args, totals, fields, bytes } = this.#question;
    if (complete && !isDeepStrictEqual(patterns, totals)) {
      this.#problem('wrong totals', `mpicount status tells ${JSON.stringify(patterns)}`);
    }
    // A file that is one record belongs to the block in which it begins, and those after it may have no bytes.
    const hasEmptyBlocks = args[args.indexOf('--records') + 1] === 'file';
    const hasAllBytes = status.bytesDone === bytes;
    const all = status.blocksDone === done && (hasEmptyBlocks ? hasAllBytes || !complete : hasAllBytes === complete);
    // Nor is a count complete from which lines are left out.
    if (status.complete !== (complete && fields['complete'] === true) || !all) {
      this.#problem('other', `mpicount status, with ${blocks} blocks: ${outcome.stdout.toString()}`);
    }
  }

  #problem(kind: Problem['kind'], text: string): void {
    this.#problems.push({ kind, text: `job ${this.#steps.length + 1}: ${text}` });
  }
}

interface ResultFile {
  readonly [other: string]: unknown;
  readonly patterns: readonly PatternTotals[];
  readonly complete: boolean;
}

interface StatusReport extends ResultFile {
  readonly blocksDone: number;
  readonly bytesDone: number;
}

/** Totals, and what else is on standard output, but for what MPICH's mpirun says there when a job fails. */
function sortOutput(stdout: string): { counts: string; rest: string } {
  const banner = /^(=|\s*$|YOUR APPLICATION TERMINATED WITH|This typically refers to|Please see the FAQ)/;
  const lines = stdout.split(/(?<=\n)/);
  const counts = lines.filter((line) => /^\d+\t/.test(line)).join('');
  const rest = lines.filter((line) => !/^\d+\t/.test(line) && !banner.test(line)).join('');
  return { counts, rest };
}

function describe(outcome: Outcome): string {
  const own = ownLines(outcome);
  return (own.length > 0 ? own.join(' | ') : outcome.stderr.trim().split('\n').slice(-5).join(' | ')) || 'said nothing';
}

export function nameOf(death: Death | undefined): string {
  return death?.name ?? 'in peace';
}
