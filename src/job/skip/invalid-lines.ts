import { bytesToJson, printable } from '../../base/bytes.ts';
import type { Communicator } from '../../mpi/communicator.ts';
import { decodeLines, encodeLines, type Findings } from '../../scan/findings.ts';

/** The lines that are not in the totals, since they are not valid. */
export interface InvalidInput {
  readonly lines: number;
  /** The first of them, in the order of the input. */
  readonly first: readonly InvalidLineOf[];
}

interface InvalidLineOf {
  readonly path: Uint8Array;
  /** The offset of the line in the text, which is decoded from the byte `start` of the file on. */
  readonly offset: number;
  readonly start: number;
}

/** Gives rank 0 the first invalid lines of all ranks. Every rank must call this, with the same counts of findings. */
export async function gatherInvalidLines(world: Communicator, findings: Findings): Promise<void> {
  if (findings.count('invalidLines') === 0) return;
  const own = Float64Array.from(encodeLines(findings.invalidLines));
  const [, ...others] = (await world.gather(new Uint8Array(own.buffer), 0)) ?? [];
  for (const lines of others) findings.addInvalidLines(decodeLines(new Float64Array(lines.slice().buffer)));
}

/**
 * Returns the invalid lines of a count; undefined if there are none.
 * @param pathAt Returns the path of the file that begins at an offset in the corpus.
 */
export function invalidInput(findings: Findings, pathAt: (begin: number) => Uint8Array): InvalidInput | undefined {
  const lines = findings.count('invalidLines');
  if (lines === 0) return undefined;
  const first = findings.invalidLines.map(({ begin, ...line }) => ({ path: pathAt(begin), ...line }));
  return { lines, first };
}

/** Returns the JSON of invalid lines. */
export function invalidJson({ lines, first }: InvalidInput): object {
  return {
    lines,
    first: first.map(({ path, offset, start }) => ({
      file: bytesToJson(path),
      offset,
      ...(start > 0 && { decodedFrom: start }),
    })),
  };
}

/** Says where an invalid line is. */
export function placeOf({ path, offset, start }: InvalidLineOf): string {
  const decoded = start > 0 ? ` of the text that is decoded from byte ${start} on` : '';
  return `${printable(path)}: the line at byte ${offset}${decoded}`;
}
