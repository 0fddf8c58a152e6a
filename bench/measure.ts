import { closeSync, openSync, readSync } from 'node:fs';

import { run } from '../test/support/job.ts';
import type { Contestant, Question } from './contestants/contestant.ts';

/** What one contestant took. */
export interface Timing {
  readonly name: string;
  readonly input: string;
  readonly bytes: number;
  /** Of all patterns; none of a limit. */
  readonly count?: number;
  /** One for each run. */
  readonly seconds: readonly number[];
}

export interface Rounds {
  readonly runs: number;
  /** Whether the first run of each, which fills caches and shows the counts, is left out unless it takes very long. */
  readonly warm: boolean;
}

/** The most seconds that all timed runs of a contestant may take; a slow one is run less often. */
const longestSeconds = 20;

/** Runs the contestants one after the other, round by round. @throws When one fails or counts something else. */
export async function measure(contestants: readonly Contestant[], { runs, warm }: Rounds): Promise<Timing[]> {
  for (const file of new Set(contestants.flatMap(({ input }) => input.files))) readWhole(file);
  const counts = new Counts();
  const courses: { contestant: Contestant; wanted: number; seconds: number[] }[] = [];
  for (const contestant of contestants) {
    const taken = await runOnce(contestant, counts);
    const wanted = Math.max(1, Math.min(runs, Math.floor(longestSeconds / taken)));
    courses.push({ contestant, wanted, seconds: warm && taken <= longestSeconds ? [] : [taken] });
  }
  counts.mustAgree();
  for (let round = 0; round < runs; round += 1) {
    for (const { contestant, wanted, seconds } of courses) {
      if (seconds.length < wanted) seconds.push(await runOnce(contestant, counts));
    }
  }
  return courses.map(({ contestant: { name, input, question }, seconds }) => ({
    name,
    input: input.name,
    bytes: input.bytes,
    ...(question && { count: counts.of(name) }),
    seconds,
  }));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = (at: number) => sorted[at] ?? NaN;
  return (middle(Math.floor((sorted.length - 1) / 2)) + middle(Math.ceil((sorted.length - 1) / 2))) / 2;
}

async function runOnce(contestant: Contestant, counts: Counts): Promise<number> {
  const { name, command, environment = {}, before } = contestant;
  before?.();
  const onStart = (pid: number) => (running = pid);
  const ended = run(command, { timeoutSeconds: 600, environment, onStart });
  const outcome = await ended.finally(() => (running = undefined));
  if (outcome.status !== 0) throw new Error(`${name}: status ${outcome.status}: ${firstLines(outcome.stderr)}`);
  counts.add(contestant, outcome.stdout.toString());
  return contestant.seconds?.() ?? outcome.seconds;
}

let running: number | undefined;

/** Ends what runs now, when the program itself is to end. */
export function endRunning(): void {
  if (running !== undefined) process.kill(-running, 'SIGKILL');
}

/** What the contestants answered. */
class Counts {
  readonly #answers = new Map<string, { question: Question; copies: number; count: number }>();

  add({ name, question, input }: Contestant, stdout: string): void {
    if (!question) return;
    const numbers = [...stdout.matchAll(/^ *(\d+)/gm)].map(([, digits]) => Number(digits));
    const count = numbers.reduce((sum, number) => sum + number, 0);
    if (count === 0) throw new Error(`${name} counted nothing: what does that show?`);
    const before = this.#answers.get(name)?.count ?? count;
    if (count !== before) throw new Error(`${name} counted ${before}, and then ${count}`);
    this.#answers.set(name, { question, copies: input.copies, count });
  }

  of(name: string): number {
    return this.#answers.get(name)?.count ?? NaN;
  }

  mustAgree(): void {
    const all = [...this.#answers];
    const differ = all.some(([, one]) =>
      all.some(([, other]) => one.question === other.question && one.count * other.copies !== other.count * one.copies),
    );
    if (!differ) return;
    const told = all.map(
      ([name, { count, copies }]) => `${name} ${count}${copies === 1 ? '' : ` in ${copies} copies`}`,
    );
    throw new Error(`the counts do not agree: ${told.join('; ')}`);
  }
}

/** Reads a file, so that it is in the page cache. */
function readWhole(path: string): void {
  const buffer = Buffer.alloc(2 ** 22);
  const file = openSync(path, 'r');
  while (readSync(file, buffer) > 0);
  closeSync(file);
}

function firstLines(text: string): string {
  return text.trim().split('\n').slice(0, 3).join(' | ');
}
