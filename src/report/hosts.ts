import type { RankOfRun, Run } from './runs.ts';
import type { Slowness } from './slowness.ts';

/** The ranks on one host, in all runs. */
export interface HostOfReport {
  readonly host: string;
  /** The number of starts of ranks. */
  readonly ranks: number;
  /** The sums over the ranks, in bytes. */
  readonly slice: number;
  readonly bytes: number;
  readonly text: number;
  /** The means over the ranks, in seconds; waiting is that of ranks that have waited. */
  readonly counting: number;
  readonly reading: number;
  readonly decoding: number;
  readonly scanning: number;
  readonly waiting: number | undefined;
  /** The number of ranks that are slow for each reason; the most frequent first. */
  readonly slow: readonly (readonly [Slowness, number])[];
}

/** Groups the ranks of all runs by host, in order of the names. */
export function hostsOf(runs: readonly Run[]): HostOfReport[] {
  const byHost = new Map<string, RankOfRun[]>();
  for (const rank of runs.flatMap(({ ranks }) => ranks)) {
    const ranks = byHost.get(rank.host);
    if (ranks) ranks.push(rank);
    else byHost.set(rank.host, [rank]);
  }
  return [...byHost.keys()].sort().map((host) => summary(host, byHost.get(host) ?? []));
}

function summary(host: string, ranks: readonly RankOfRun[]): HostOfReport {
  const mean = (of: (rank: RankOfRun) => number) => sum(ranks.map(of)) / ranks.length;
  const waited = ranks.flatMap(({ waiting }) => (waiting === undefined ? [] : [waiting]));
  return {
    host,
    ranks: ranks.length,
    slice: sum(ranks.map(({ slice }) => slice)),
    bytes: sum(ranks.map(({ bytes }) => bytes)),
    text: sum(ranks.map(({ text }) => text)),
    counting: mean(({ counting }) => counting),
    reading: mean(({ readSeconds }) => readSeconds),
    decoding: mean(({ decodeSeconds }) => decodeSeconds),
    scanning: mean(({ scanSeconds }) => scanSeconds),
    waiting: waited.length === 0 ? undefined : sum(waited) / waited.length,
    slow: frequencies(ranks.flatMap(({ slow }) => slow ?? [])),
  };
}

function frequencies(reasons: readonly Slowness[]): [Slowness, number][] {
  const numbers = new Map<Slowness, number>();
  for (const reason of reasons) numbers.set(reason, (numbers.get(reason) ?? 0) + 1);
  return [...numbers].sort((one, other) => other[1] - one[1]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
