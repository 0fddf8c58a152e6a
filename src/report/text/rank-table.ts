import { hostsOf, type HostOfReport } from '../hosts.ts';
import { shownHost } from '../names.ts';
import type { Report } from '../report.ts';
import type { RankOfRun, Run } from '../runs.ts';
import { meaningsOfSlowness } from '../slowness.ts';
import { shownBytes, shownSeconds } from '../units.ts';
import { tableLines, type Column } from './columns.ts';
import { styled, type Line } from './line.ts';

const maxRanks = 40;
const maxHosts = 40;

const number = (head: string): Column => ({ head, isNumber: true });
const text = (head: string): Column => ({ head, isNumber: false });

const times = ['counting', 'reading', 'scanning', 'waiting'].map(number);
const rankColumns = [...['rank', 'slice', 'bytes'].map(number), ...times, text('slow'), text('host')];
const hostColumns = [...['ranks', 'slice', 'bytes'].map(number), ...times, text('slow'), text('host')];

/** Returns the lines of a table of the ranks, or, if there are more than fit on a page, of their hosts. */
export function rankTable({ runs }: Report): Line[] {
  const ranks = runs.reduce((sum, run) => sum + run.ranks.length, 0);
  if (ranks === 0) return [];
  return ranks <= maxRanks ? runs.flatMap((run, index) => runTable(run, index, runs.length)) : hostTable(hostsOf(runs));
}

function runTable({ ranks }: Run, index: number, runs: number): Line[] {
  const lines = marked(
    tableLines(rankColumns, ranks.map(rankRow)),
    ranks.map(({ slow }) => slow !== undefined),
  );
  return runs > 1 ? [{ text: `run ${index + 1}`, style: 'heading' }, ...lines] : lines;
}

/** Returns the lines of a table in their styles. @param isSlow For each row whether a rank in it is slow. */
function marked([head = '', ...rows]: readonly string[], isSlow: readonly boolean[]): Line[] {
  const lines = rows.map((text, index): Line => ({ text, style: isSlow[index] === true ? 'warning' : undefined }));
  return [{ text: head, style: 'heading' }, ...lines];
}

function rankRow({ rank, slice, bytes, counting, readSeconds, scanSeconds, waiting, slow, host }: RankOfRun): string[] {
  const durations = [counting, readSeconds, scanSeconds, waiting];
  return [String(rank), ...sizes(slice, bytes), ...durations.map(shownTime), slow ?? '', shownHost(host)];
}

function hostTable(hosts: readonly HostOfReport[]): Line[] {
  // Where there are too many, the slowest ones are shown.
  const isAll = hosts.length <= maxHosts;
  const shown = isAll ? hosts : [...hosts].sort((one, other) => delayOf(other) - delayOf(one)).slice(0, maxHosts);
  const rest = `the ${maxHosts} slowest of ${hosts.length} hosts; --format csv has all ranks`;
  const lines = tableLines(hostColumns, shown.map(hostRow));
  return [
    ...marked(
      lines,
      shown.map(({ slow }) => slow.length > 0),
    ),
    ...styled('note', isAll ? [] : [rest]),
  ];
}

function hostRow({ ranks, slice, bytes, counting, reading, scanning, waiting, slow, host }: HostOfReport): string[] {
  const durations = [counting, reading, scanning, waiting];
  const [reason, slowRanks] = slow[0] ?? ['', 0];
  const why = slowRanks > 0 ? `${slowRanks} ${reason}` : '';
  return [String(ranks), ...sizes(slice, bytes), ...durations.map(shownTime), why, shownHost(host)];
}

/** Orders hosts: those with slow ranks first, and then by the time of counting. */
function delayOf({ slow, counting }: HostOfReport): number {
  return (slow.length > 0 ? 1e12 : 0) + counting;
}

function sizes(...bytes: readonly number[]): string[] {
  return bytes.map(shownBytes);
}

function shownTime(seconds: number | undefined): string {
  return seconds === undefined ? '-' : shownSeconds(seconds);
}

/** Returns lines that say what the columns of the table mean. */
export function legend({ runs }: Report): Line[] {
  const ranks = runs.flatMap((run) => run.ranks);
  if (ranks.length === 0) return [];
  const means = ranks.length > maxRanks ? ', means over the ranks of a host' : '';
  const found = Object.entries(meaningsOfSlowness).filter(([reason]) => ranks.some(({ slow }) => slow === reason));
  return styled('note', [
    `seconds${means}: counting, up to a rank's last block;`,
    'within it, reading and scanning, added up over threads; waiting, after it',
    ...found.map(([reason, meaning]) => `${reason}: ${meaning}`),
  ]);
}
