import { InputError, unreadableAt } from '../../corpus/input-error.ts';
import type { Findings } from '../../scan/findings.ts';
import { withPipe } from '../../corpus/pipes.ts';
import type { CompiledKernel, ReadFailure } from '../../scan/kernel.ts';
import { streamKey } from '../../tally/row-keys.ts';
import type { RowSums } from '../../tally/rows.ts';
import type { Tally } from '../../tally/tally.ts';
import { readFailure } from '../../base/system-error.ts';

/**
 * Counts pipes to their ends, one after the other, and adds the counts to `into.totals` and `into.findings`. Findings and rows
 * name a pipe by an offset past the corpus: `into.bytes`, the size of the corpus, plus the index of the pipe.
 * @param skip Takes the index and the error of a pipe that is to be skipped; without it, the error is thrown.
 * @param decoding Whether to decode pipes in a format that is decoded, and the encoding of text.
 * @returns The number of bytes in all pipes, as they came.
 * @throws InputError if a pipe cannot be read.
 */
export async function countStreams(
  streams: readonly Buffer[],
  kernel: CompiledKernel,
  tally: Tally,
  decoding: { readonly decode: boolean; readonly memory: number; readonly encoding?: string | undefined },
  into: { readonly totals: RowSums; readonly findings: Findings; readonly bytes: number },
  skip?: (index: number, error: InputError) => void,
): Promise<number> {
  let bytes = 0;
  for (const [index, path] of streams.entries()) {
    const counted = await withPipe(path, (fd) => kernel.countStream(fd, decoding)).catch((cause: unknown) => {
      const error = readError(path, cause);
      if (!skip || !(error instanceof InputError)) throw error;
      skip(index, error);
    });
    if (!counted) continue;
    if (counted.groups) into.totals.add(counted.groups.names, counted.groups.rows);
    else into.totals.add([streamKey(tally, into.bytes + index, path)], counted.counts);
    into.findings.addFound(counted, () => into.bytes + index);
    bytes += counted.storedSize;
  }
  return bytes;
}

function readError(path: Buffer, error: unknown): unknown {
  const { errno, offset, message, undecodable } = error as Partial<ReadFailure>;
  if (undecodable === true) return new InputError(path, message ?? '', { cause: error });
  if (offset === undefined || errno === undefined) return error;
  const reason = readFailure({ errno: -errno, message: message ?? '' });
  return unreadableAt(path, offset, reason, error);
}
