import { printable } from '../base/bytes.ts';
import type { JobProgress } from '../job/progress/job-progress.ts';
import { shownRates } from './quantiles.ts';
import { shownBytes, shownDuration, shownRate } from './units.ts';

// What is said of the progress of a job while it runs, and when it is done. Times are in milliseconds of the clock of the progress.

// A rank that has counted nothing for so long is named.
const patience = 60_000;

/** The progress of a job, as it is shown while it runs. */
export type ShownProgress = Pick<JobProgress, 'total' | 'done' | 'counted' | 'begun' | 'found' | 'stalled'>;

/** Returns a line on how far a job has got. */
export function progressLine(progress: ShownProgress, now: number): string {
  const percent = `${Math.floor(100 * shareOf(progress))} %`;
  return `${percent}: ${[...facts(progress, now), ...stalledFact(progress, now)].join(', ')}`;
}

const [shortestBar, longestBar] = [4, 20];

/**
 * Returns the same with a bar, for a line of a terminal. Where that is narrow, the bar is shorter, and facts are left out.
 * @param columns The width of the terminal.
 */
export function progressBar(progress: ShownProgress, now: number, columns: number): string {
  const share = shareOf(progress);
  const percent = `${Math.floor(100 * share)}`.padStart(3);
  const room = Math.max(1, columns - 1);
  const lineOf = (shown: readonly string[], bar: string) => `[${bar}] ${percent} %  ${shown.join(', ')}`;
  // The most urgent fact comes first.
  const [first = '', ...others] = [...stalledFact(progress, now), ...facts(progress, now)];
  const shown = [first];
  for (const fact of others) {
    if (lineOf([...shown, fact], '').length + shortestBar > room) break;
    shown.push(fact);
  }
  const width = Math.min(longestBar, Math.max(shortestBar, room - lineOf(shown, '').length));
  const full = Math.floor(width * share);
  return lineOf(shown, '#'.repeat(full) + '-'.repeat(width - full)).slice(0, room);
}

/** Returns the share of the corpus that is counted, from 0 to 1. */
export function shareOf({ done, total }: ShownProgress): number {
  return total === 0 ? 1 : done / total;
}

function facts({ done, total, counted, begun, found }: ShownProgress, now: number): string[] {
  const seconds = (now - begun) / 1000;
  const left = counted > 0 && done < total ? [`${shownDuration(((total - done) / counted) * seconds)} left`] : [];
  return [
    `${shownBytes(done)} of ${shownBytes(total)}`,
    shownRate(counted, seconds),
    ...left,
    ...(found === undefined ? [] : [`${found} found so far`]),
  ];
}

function stalledFact(progress: ShownProgress, now: number): string[] {
  const stalled = progress.stalled(now, patience);
  if (!stalled) return [];
  return [`${rankOn(stalled.rank, stalled.host)} has counted nothing for ${shownDuration(stalled.seconds)}`];
}

function rankOn(rank: number, host: string | undefined): string {
  return host === undefined ? `rank ${rank}` : `rank ${rank} on ${printable(Buffer.from(host))}`;
}

/** A reduction that took less is not told, in seconds. */
const shortReduction = 1;

/** How a job ended. */
export interface Ending {
  /** The time that the job took, in seconds. */
  readonly seconds: number;
  readonly skippedFiles: number;
}

/** When a job began, and when its ranks had counted, on the clock of clockTime(). */
export interface Milestones {
  readonly began: number;
  readonly counted: number;
}

/** Returns two lines that sum up a job that is done. */
export function summaryLines(
  progress: JobProgress,
  { began, counted }: Milestones,
  { seconds, skippedFiles }: Ending,
): string[] {
  const times = [...progress.seconds];
  const rates = times.flatMap((time, rank) => (time > 0 ? (progress.bytes[rank] ?? 0) / time : []));
  const longest = Math.max(...times);
  const slowest = times.indexOf(longest);
  const waited = longest - Math.min(...times);
  const counting = (counted - progress.begun) / 1000;
  const startUp = (progress.begun - began) / 1000;
  // Large groups or many patterns take their time after the last block.
  const reduction = seconds - startUp - counting;
  const facts = [
    `start-up ${shownDuration(startUp)}`,
    ...(reduction >= shortReduction ? [`reduction ${shownDuration(reduction)}`] : []),
    ...(times.length > 1
      ? [`at most ${shownDuration(waited)} of waiting for ${rankOn(slowest, progress.hostOf(slowest))}`]
      : []),
    ...(skippedFiles > 0 ? [`${skippedFiles} skipped`] : []),
  ];
  const { counted: bytes, text } = progress;
  const decoded = text === bytes ? '' : `, ${shownBytes(text)} of text,`;
  const overall = `counted ${shownBytes(bytes)}${decoded} in ${shownDuration(counting)}: ${shownRate(bytes, counting)}`;
  return [times.length > 1 ? `${overall}; ${shownRates(rates)}` : overall, facts.join('; ')];
}
