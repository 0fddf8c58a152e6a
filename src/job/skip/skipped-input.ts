import { bytesToJson } from '../../base/bytes.ts';
import type { PreparedJob } from '../job.ts';

/** The input that is not in the totals, since it cannot be read. */
export interface SkippedInput {
  /** The number of files and streams. */
  readonly files: number;
  /** The size of these files in bytes; that of a file that could not be looked at, and of a stream, is unknown and taken as 0. */
  readonly bytes: number;
  /** The first of them, in the order of the input. */
  readonly first: readonly { readonly path: Uint8Array; readonly reason: string }[];
}

const maxListed = 100;

/**
 * Returns the skipped input of a job; undefined if there is none. For rank 0.
 * @param streams The reasons why streams are skipped, by index.
 */
export function skippedInput(
  { plan: { files }, skipped, streams: paths }: Pick<PreparedJob, 'plan' | 'skipped' | 'streams'>,
  streams: ReadonlyMap<number, string> = new Map<number, string>(),
): SkippedInput | undefined {
  if (skipped.size + streams.size === 0) return undefined;
  const inOrder = [...skipped.keys()].sort((one, other) => one - other);
  const ofFiles = inOrder
    .slice(0, maxListed)
    .map((index) => ({ path: files.at(index).path, reason: skipped.get(index) ?? '' }));
  const ofStreams = Array.from(streams, ([index, reason]) => ({ path: paths[index] ?? Buffer.of(), reason }));
  return {
    files: skipped.size + streams.size,
    bytes: inOrder.reduce((sum, index) => sum + files.size(index), 0),
    first: [...ofFiles, ...ofStreams].slice(0, maxListed),
  };
}

/** Returns the JSON of skipped input. */
export function skippedJson({ files, bytes, first }: SkippedInput): object {
  return { files, bytes, first: first.map(({ path, reason }) => ({ file: bytesToJson(path), reason })) };
}
