import { statesInOrder, syncBatch, type ListedStates } from '../../corpus/check-files.ts';
import type { FileTableParts } from '../../corpus/file-table.ts';
import { PathList } from '../../corpus/path-list.ts';
import { filesOf } from './checked-assignment.ts';
import type { AssignedFile, CheckedAssignment } from './schedule.ts';

/**
 * Returns the files of consecutive assignments that may have changed since they were checked, without those that are skipped. Each is there
 * once, also if it is the last of one and the first of another. All others are in the same state as then; worker threads look at them,
 * without an object for each.
 */
export async function suspectsIn(assignments: Iterable<CheckedAssignment>): Promise<AssignedFile[]> {
  const suspects: AssignedFile[] = [];
  const seen = new Set<number>();
  for (const assignment of assignments) {
    const { parts, length } = assignment.files;
    // Few files are looked at in less time than it takes to ask a thread.
    if (length <= syncBatch) {
      suspects.push(...filesOf(assignment, seen));
      continue;
    }
    for await (const found of statesInOrder(new PathList(parts), false)) {
      const { begin, end } = found.paths;
      if (!isAsBefore(parts, found)) suspects.push(...filesOf(assignment, seen, begin, end));
    }
  }
  return suspects;
}

/** Returns whether all files of a part are in the state that they had. */
function isAsBefore({ sizes, modified }: FileTableParts, { paths: { begin, end }, states }: ListedStates): boolean {
  return (
    !states.isCountable.includes(0) &&
    areSame(states.sizes, sizes.subarray(begin, end)) &&
    areSame(states.modified, modified.subarray(begin, end))
  );
}

function areSame(one: NodeJS.TypedArray, other: NodeJS.TypedArray): boolean {
  const bytesOf = ({ buffer, byteOffset, byteLength }: NodeJS.TypedArray) =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return Buffer.compare(bytesOf(one), bytesOf(other)) === 0;
}
