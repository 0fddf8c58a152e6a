import type { Assignment } from '../../corpus/assignment.ts';
import { FileTable, type FileTableParts } from '../../corpus/file-table.ts';
import { decode, encode } from '../structured-clone.ts';

// Assignments as they are sent from rank 0 to another rank.

type SentAssignment = Omit<Assignment, 'files'> & { readonly parts: FileTableParts };

export function encodeAssignment({ files: { parts }, ...rest }: Assignment): Uint8Array {
  return encode({ ...rest, parts } satisfies SentAssignment);
}

export function decodeAssignment(bytes: Uint8Array): Assignment {
  const { parts, ...rest } = decode(bytes) as SentAssignment;
  return { ...rest, files: new FileTable(parts) };
}
