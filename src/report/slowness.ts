import { lowerMedian } from './quantiles.ts';
import type { Stint } from './stints.ts';

// Which ranks hold up a run, and why: the time that a rank takes longer than the median rank is divided among what it is spent on, and the
// largest part is the reason.

/**
 * Why a rank takes longer than the others of its run. `bytes`: it has more of them. `reading`, `decoding`, `scanning`: it takes longer for a byte.
 * `cores`: the same, and it may use fewer cores than it has threads. `idle`: it does neither, since it is paused, or waits for a core or for
 * its log. `silent`: its log tells nothing since long before the last event of the run.
 */
export type Slowness = keyof typeof meaningsOfSlowness;

/** What a report says of a rank that is slow. */
export const meaningsOfSlowness = {
  bytes: 'has more bytes than others',
  reading: 'takes longer to read a byte',
  decoding: 'takes longer to decode a byte',
  scanning: 'takes longer to scan a byte',
  cores: 'may use fewer cores than it has threads',
  idle: 'does nothing for long: paused, or waiting for a core or for its log',
  silent: 'has told nothing for long',
} as const;

/** What a rank did, and the time from its start to its last block in seconds. */
export type TimedStint = Readonly<Stint> & { readonly counting: number };

// Shorter delays are noise: they cost a job less than starting it does.
const leastDelay = 1; // in seconds
const leastShare = 0.25; // of the median time of counting
// A rank in a block of usual length is not silent.
const leastSilence = 10; // in seconds
const silentGaps = 3;

/**
 * Tells why each rank is slow; undefined for one that is not.
 * @param stints The ranks of one run.
 * @param last The time of the last event of the run, in milliseconds since 1970.
 */
export function slownessIn(stints: readonly TimedStint[], last: number): (Slowness | undefined)[] {
  const costs = stints.map(costsOf);
  const counted = costs.filter(({ bytes }) => bytes > 0);
  const median = (of: (cost: Costs) => number) => lowerMedian(counted.map(of));
  const typical: Typical = {
    bytes: median(({ bytes }) => bytes),
    perByte: {
      counting: median(({ counting, bytes }) => counting / bytes),
      reading: median(({ reading, bytes }) => reading / bytes),
      decoding: median(({ decoding, bytes }) => decoding / bytes),
      scanning: median(({ scanning, bytes }) => scanning / bytes),
    },
    counting: lowerMedian(costs.map(({ counting }) => counting)),
    idle: lowerMedian(costs.map(({ idle }) => idle)),
  };
  return costs.map((cost, index) => {
    const stint = stints[index];
    if (stint && isSilent(stint, last)) return 'silent';
    return reasonFor(cost, typical);
  });
}

/** The bytes of a rank and what it spent its time on, in seconds. */
interface Costs {
  readonly bytes: number;
  readonly counting: number;
  readonly reading: number;
  readonly decoding: number;
  readonly scanning: number;
  readonly idle: number;
  /** Whether the rank may use fewer cores than it has threads. */
  readonly hasFewCores: boolean;
}

/** The medians over the ranks. */
interface Typical extends Pick<Costs, 'bytes' | 'counting' | 'idle'> {
  readonly perByte: Readonly<Record<'counting' | 'reading' | 'decoding' | 'scanning', number>>;
}

function costsOf(stint: TimedStint): Costs {
  const { bytes, counting, threads, cores } = stint;
  const reading = stint.readSeconds / threads;
  const decoding = stint.decodeSeconds / threads;
  const scanning = stint.scanSeconds / threads;
  const idle = Math.max(0, counting - reading - decoding - scanning);
  return { bytes, counting, reading, decoding, scanning, idle, hasFewCores: cores > 0 && cores < threads };
}

function reasonFor(
  { bytes, counting, reading, decoding, scanning, idle, hasFewCores }: Costs,
  typical: Typical,
): Slowness | undefined {
  const { perByte } = typical;
  // With a dynamic schedule, a rank with more bytes is a fast one.
  const forMoreBytes = Math.min((bytes - typical.bytes) * perByte.counting, counting - typical.counting);
  const delays: [Slowness, number][] = [
    ['bytes', forMoreBytes],
    ['reading', reading - bytes * perByte.reading],
    [hasFewCores ? 'cores' : 'decoding', decoding - bytes * perByte.decoding],
    [hasFewCores ? 'cores' : 'scanning', scanning - bytes * perByte.scanning],
    ['idle', idle - typical.idle],
  ];
  const [reason, longest] = delays.reduce((most, each) => (each[1] > most[1] ? each : most));
  return longest > Math.max(leastDelay, leastShare * typical.counting) ? reason : undefined;
}

function isSilent({ counted, last: own, longestGap }: TimedStint, last: number): boolean {
  return counted === undefined && (last - own) / 1000 > Math.max(leastSilence, silentGaps * longestGap);
}
