/** The properties by which a change of a file is recognized. */
export interface FileState {
  /** The size in bytes. */
  readonly size: number;
  /** The time of the last modification, in nanoseconds since 1970, as a signed 64-bit number. */
  readonly modified: bigint;
  /** The inode number; undefined if it is not known, as in a plan that an earlier version wrote. */
  readonly inode?: bigint | undefined;
}

/**
 * How a file has changed. With `grown`, the earlier bytes may be unchanged, so that the file can be counted up to its earlier size.
 * A write through a shared memory mapping need not change the time and then goes unnoticed.
 */
export type FileChange = 'grown' | 'replaced' | 'shorter' | 'rewritten';

/** Compares two states of a file. @returns How the file has changed; undefined if there is no sign of a change. */
export function changeOf(before: FileState, now: FileState): FileChange | undefined {
  if (now.size < before.size) return 'shorter';
  if (now.size === before.size) return now.modified === before.modified ? undefined : 'rewritten';
  // A rotated log is another file. Inode numbers are compared only here because some file systems do not keep them.
  const isOther = before.inode !== undefined && now.inode !== undefined && before.inode !== now.inode;
  return isOther ? 'replaced' : 'grown';
}

/** Compares two states of a file as changeOf() does. @param allowGrowth Whether the file may have grown, which is then no change. */
export function forbiddenChange(before: FileState, now: FileState, allowGrowth: boolean): FileChange | undefined {
  const change = changeOf(before, now);
  return change === 'grown' && allowGrowth ? undefined : change;
}

/** The remedy for a file that grows. */
export const growthRemedy = 'if it only grows, --allow-growth counts it up to its size at the start';

/** Describes a change that happened while the file was counted. */
export function describeWhileCounted(change: FileChange, before: FileState, now: FileState): string {
  if (change === 'rewritten') return 'was written to while it was counted';
  const sizes = `changed while it was counted, from ${before.size} to ${now.size} bytes`;
  if (change === 'grown') return `${sizes}; ${growthRemedy}`;
  return change === 'replaced' ? `${sizes}: another file has taken its place` : sizes;
}

/** Describes a change since an earlier run. */
export function describeSince(change: FileChange, before: FileState, now: FileState): string {
  if (change === 'rewritten') return 'was written to since';
  const sizes = `had ${before.size} bytes and now has ${now.size}`;
  return change === 'replaced' ? `${sizes}: another file has taken its place` : sizes;
}
