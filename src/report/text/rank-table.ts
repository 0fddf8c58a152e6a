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

// There is no room for more columns: where files are decoded, how long that took is shown in place of the slices.
const numbers = {
  plain: ['slice', 'bytes', 'counting', 'reading', 'scanning', 'waiting'],
  decoded: ['bytes', 'counting', 'reading', 'decoding', 'scanning', 'waiting'],
} as const;
type Kind = keyof typeof numbers;

/** Returns the columns of a table. @param first What the first column has. */
function columnsOf(kind: Kind, first: string): Column[] {
  return [...[first, ...numbers[kind]].map(number), text('slow'), text('host')];
}

function kindOf(ranks: readonly RankOfRun[]): Kind {
  return ranks.some(({ decodeSeconds }) => decodeSeconds > 0) ? 'decoded' : 'plain';
}

/** Returns the lines of a table of the ranks, or, if there are more than fit on a page, of their hosts. */
export function rankTable({ runs }: Report): Line[] {
  const ranks = runs.flatMap((run) => run.ranks);
  if (ranks.length === 0) return [];
  const kind = kindOf(ranks);
  return ranks.length <= maxRanks
    ? runs.flatMap((run, index) => runTable(run, kind, index, runs.length))
    : hostTable(hostsOf(runs), kind);
}

function runTable({ ranks }: Run, kind: Kind, index: number, runs: number): Line[] {
  const lines = marked(
    tableLines(
      columnsOf(kind, 'rank'),
      ranks.map((rank) => rankRow(rank, kind)),
    ),
    ranks.map(({ slow }) => slow !== undefined),
  );
  return runs > 1 ? [{ text: `run ${index + 1}`, style: 'heading' }, ...lines] : lines;
}

/** Returns the lines of a table in their styles. @param isSlow For each row whether a rank in it is slow. */
function marked([head = '', ...rows]: readonly string[], isSlow: readonly boolean[]): Line[] {
  const lines = rows.map((text, index): Line => ({ text, style: isSlow[index] === true ? 'warning' : undefined }));
  return [{ text: head, style: 'heading' }, ...lines];
}

function rankRow(rank: RankOfRun, kind: Kind): string[] {
  const { readSeconds: reading, decodeSeconds: decoding, scanSeconds: scanning, slow, host } = rank;
  return [String(rank.rank), ...cells({ ...rank, reading, decoding, scanning }, kind), slow ?? '', shownHost(host)];
}

/** Returns the cells with numbers of a rank or a host. */
function cells(of: Pick<HostOfReport, (typeof numbers)[Kind][number]>, kind: Kind): string[] {
  return numbers[kind].map((name) =>
    name === 'slice' || name === 'bytes' ? shownBytes(of[name]) : shownTime(of[name]),
  );
}

function hostTable(hosts: readonly HostOfReport[], kind: Kind): Line[] {
  // Where there are too many, the slowest ones are shown.
  const isAll = hosts.length <= maxHosts;
  const shown = isAll ? hosts : [...hosts].sort((one, other) => delayOf(other) - delayOf(one)).slice(0, maxHosts);
  const rest = `the ${maxHosts} slowest of ${hosts.length} hosts; --format csv has all ranks`;
  const lines = tableLines(
    columnsOf(kind, 'ranks'),
    shown.map((host) => hostRow(host, kind)),
  );
  return [
    ...marked(
      lines,
      shown.map(({ slow }) => slow.length > 0),
    ),
    ...styled('note', isAll ? [] : [rest]),
  ];
}

function hostRow(of: HostOfReport, kind: Kind): string[] {
  const { ranks, slow, host } = of;
  const [reason, slowRanks] = slow[0] ?? ['', 0];
  const why = slowRanks > 0 ? `${slowRanks} ${reason}` : '';
  return [String(ranks), ...cells(of, kind), why, shownHost(host)];
}

/** Orders hosts: those with slow ranks first, and then by the time of counting. */
function delayOf({ slow, counting }: HostOfReport): number {
  return (slow.length > 0 ? 1e12 : 0) + counting;
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
    kindOf(ranks) === 'decoded'
      ? 'in it, reading, decoding and scanning, added up over threads; waiting, after it'
      : 'within it, reading and scanning, added up over threads; waiting, after it',
    ...found.map(([reason, meaning]) => `${reason}: ${meaning}`),
  ]);
}
