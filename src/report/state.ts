import { printable } from '../base/bytes.ts';
import { shownHost } from './names.ts';
import { completeState } from './read-progress.ts';
import { lowerMedian, shownRates } from './quantiles.ts';
import type { Report } from './report.ts';
import type { RankOfRun, Run } from './runs.ts';
import { meaningsOfSlowness } from './slowness.ts';
import { shownBytes, shownDuration, shownNumber, shownRate, shownTime } from './units.ts';

// What stands at the top of each report for a person.

/** Returns how far the count has got, in one sentence. */
export function stateOf(report: Report): string {
  const { plan, journal, runs } = report;
  const resumed = runs.length > 1 ? `, in ${runs.length} runs` : '';
  if (journal.missing.length > 0) {
    const done = `${journal.blocksDone} of ${plan.grid.blocks} blocks are counted`;
    return `not complete: ${done}${resumed}; all below is about these`;
  }
  return `${completeState(report)}${resumed}`;
}

/** Returns facts about the count: names and what there is to say of them. */
export function factsOf(report: Report): [string, string][] {
  const { plan, journal, skipped, invalid, bytes, bytesDone, runs, omitted, counters } = report;
  const isComplete = journal.missing.length === 0;
  const facts: [string, string][] = [
    [
      'corpus',
      `${shownNumber(plan.files.length - (skipped?.files ?? 0), 'file')}, ${shownNumber(bytes, 'byte')}${inUnit(bytes)}`,
    ],
  ];
  if (!isComplete)
    facts.push(['counted', `${bytesDone} bytes (${((100 * bytesDone) / Math.max(1, bytes)).toFixed(1)} %)`]);
  const [counted, text] = [countedIn(runs, ({ bytes: of }) => of), countedIn(runs, (rank) => rank.text)];
  if (text !== counted)
    facts.push(['text', `${shownNumber(text, 'byte')}${inUnit(text)}, decoded from ${shownBytes(counted)}`]);
  if (skipped) facts.push(['skipped', shownNumber(skipped.files, 'file') + firstSkipped(report)]);
  if (invalid)
    facts.push([
      'left out',
      `${shownNumber(invalid.lines, 'line')} that ${invalid.lines === 1 ? 'is' : 'are'} not valid`,
    ]);
  if (plan.spec.kind === 'count') {
    const { records, by } = plan.spec;
    facts.push(['patterns', String(counters.length)]);
    if (records) facts.push(['records', `${report.records ?? 0n} (${printable(Buffer.from(records))})`]);
    if (by !== undefined) facts.push(['groups', `${report.groups?.groups ?? 0}, by ${printable(Buffer.from(by))}`]);
  }
  const earlier = Math.max(0, runs.length - maxShownRuns);
  if (earlier > 0) facts.push(['', shownNumber(earlier, 'earlier run')]);
  for (const [index, run] of runs.slice(earlier).entries()) {
    facts.push([runs.length > 1 ? `run ${earlier + index + 1}` : 'run', runFact(run)]);
    const ending = endingFact(run, run === runs.at(-1));
    if (ending !== undefined) facts.push(['', ending]);
  }
  const rates = ratesIn(runs);
  if (rates.length > 0) {
    facts.push(['rates', shownRates(rates)]);
  }
  if (omitted > 0) facts.push(['left out', `${omitted} starts of ranks, beyond the first 100000`]);
  if (journal.ignoredLines > 0) {
    facts.push(['ignored', shownNumber(journal.ignoredLines, 'torn, damaged or foreign line')]);
  }
  return facts;
}

function countedIn(runs: Report['runs'], of: (rank: RankOfRun) => number): number {
  return runs.reduce((sum, { ranks }) => ranks.reduce((more, rank) => more + of(rank), sum), 0);
}

const maxShownRuns = 5;

function inUnit(bytes: number): string {
  return bytes < 1024 ? '' : ` (${shownBytes(bytes)})`;
}

function firstSkipped({ skipped }: Report): string {
  const first = skipped?.first[0];
  return first ? `; the first: ${printable(first.path)}: ${printable(Buffer.from(first.reason))}` : '';
}

function runFact({ begun, last, ranks }: Run): string {
  const seconds = (last - begun) / 1000;
  const bytes = ranks.reduce((sum, rank) => sum + rank.bytes, 0);
  const hosts = new Set(ranks.map(({ host }) => host)).size;
  const where = `${shownNumber(ranks.length, 'rank')} on ${shownNumber(hosts, 'host')}`;
  return `${where}, ${shownTime(begun)}, ${shownDuration(seconds)}, ${shownRate(bytes, seconds)}`;
}

/** Returns how a run ended; undefined if it is done. */
function endingFact({ ending }: Run, isLast: boolean): string | undefined {
  switch (ending) {
    case 'done':
      return undefined;
    case 'stopped':
      return 'it stopped early';
    case undefined:
      return isLast ? 'it has no end yet: it still runs, or it broke off' : 'it broke off';
  }
}

/** Returns the rates of the ranks that had something to count, in bytes per second. */
export function ratesIn(runs: readonly Run[]): number[] {
  return runs.flatMap(({ ranks }) =>
    ranks.flatMap(({ bytes, slice, counting }) => (counting > 0 && bytes + slice > 0 ? bytes / counting : [])),
  );
}

const maxSlow = 5;

/** Returns a sentence for each slow rank, of the slowest ones, and one for the others. */
export function slowFacts({ runs }: Report): string[] {
  const slow = runs.flatMap(({ ranks }, run) => {
    const typical = lowerMedian(ranks.map(({ counting }) => counting));
    const where = runs.length > 1 ? `, in run ${run + 1}` : '';
    return ranks.flatMap((rank) => (rank.slow === undefined ? [] : { rank, reason: rank.slow, typical, where }));
  });
  slow.sort((one, other) => other.rank.counting - other.typical - (one.rank.counting - one.typical));
  const sentences = slow.slice(0, maxSlow).map(({ rank: { rank, host, counting }, reason, typical, where }) => {
    const times = `counted for ${shownDuration(counting)}, the median rank for ${shownDuration(typical)}`;
    return `rank ${rank} on ${shownHost(host)}${where} ${times}: it ${meaningsOfSlowness[reason]}`;
  });
  const more = slow.length - sentences.length;
  return more > 0 ? [...sentences, `and ${shownNumber(more, 'slow rank')} more`] : sentences;
}
