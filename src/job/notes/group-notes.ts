import { printable } from '../../base/bytes.ts';
import type { FileTable } from '../../corpus/file-table.ts';
import type { Grouping } from '../../tally/tally.ts';

/** Returns the note on files whose path does not tell their group. @param streams The paths of streams. */
export function groupNotes(
  grouping: Grouping | undefined,
  files: FileTable,
  streams: readonly Buffer[] = [],
): string[] {
  const ofFiles = grouping?.ofFiles;
  if (!ofFiles) return [];
  let count = 0;
  let first: Uint8Array | undefined;
  const look = (path: Uint8Array) => {
    if (ofFiles.matches(path)) return;
    count += 1;
    first ??= path;
  };
  for (const { path } of files) look(path);
  for (const path of streams) look(path);
  if (!first) return [];
  const all = files.length + streams.length;
  const those = count === 1 ? 'files does not match, and is' : 'files do not match, and are';
  return [`--by: ${count} of ${all} ${those} in the group with the empty name (the first: ${printable(first)})`];
}
