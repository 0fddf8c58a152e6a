import { printable } from '../base/bytes.ts';
import type { RankOfRun } from './runs.ts';
import { shownNumber } from './units.ts';

// Names of patterns, files and hosts may be anything.

// In characters. A page with a thousand names of any length would be too large to be mailed.
const maxLength = 200;

/** Returns a name for a report, of bounded length and without characters that are invisible or change the direction of text. */
export function shownName(bytes: Uint8Array): string {
  const text = printable(bytes);
  if (text.length <= maxLength) return text;
  const shown = Array.from(text.slice(0, 2 * maxLength))
    .slice(0, maxLength)
    .join('');
  return shown.length < text.length ? `${shown}…` : shown;
}

/** Returns the name of a host. */
export function shownHost(host: string): string {
  return host === '' ? '(not known)' : shownName(Buffer.from(host));
}

/** Returns what some ranks in a row are called, such as `10 ranks on node1`. */
export function shownRanks(ranks: readonly RankOfRun[]): string {
  const [first, last] = [ranks[0], ranks.at(-1)];
  if (!first || !last) return '';
  const hosts = new Set(ranks.map(({ host }) => host));
  const where = hosts.size === 1 ? shownHost(first.host) : `${shownHost(first.host)} to ${shownHost(last.host)}`;
  return first === last ? `rank ${first.rank} on ${where}` : `${shownNumber(ranks.length, 'rank')} on ${where}`;
}
