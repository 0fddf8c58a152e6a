/** What tells whether a file has changed. */
export interface FileState {
  /** In bytes. */
  readonly size: number;
  /** Time of the last modification, in nanoseconds since 1970, in 64 bits. */
  readonly modified: bigint;
  /** The file's number in its file system; undefined where it is not known, as in the plan of an earlier version. */
  readonly inode?: bigint | undefined;
}

/**
 * How a file has changed. `grown`: the bytes that were there may be the same, so that it can be counted up to its earlier size.
 * What was written through a shared memory mapping need not change the time, and is then not noticed.
 */
export type FileChange = 'grown' | 'replaced' | 'shorter' | 'rewritten';

/** Returns undefined when nothing tells that the file has changed. */
export function changeOf(before: FileState, now: FileState): FileChange | undefined {
  if (now.size < before.size) return 'shorter';
  if (now.size === before.size) return now.modified === before.modified ? undefined : 'rewritten';
  // A log that was rotated. Only here, where the time cannot tell: not every file system keeps its inode numbers.
  const isOther = before.inode !== undefined && now.inode !== undefined && before.inode !== now.inode;
  return isOther ? 'replaced' : 'grown';
}

/** What to do about a file that grows. */
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
