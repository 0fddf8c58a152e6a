import { statSync } from 'node:fs';

import { stringAt } from '../../base/byte-strings.ts';
import { quoted } from '../../base/bytes.ts';
import { InputError } from '../../corpus/input-error.ts';
import type { Rows } from '../../tally/rows.ts';
import type { TallySpec } from '../../tally/tallies.ts';
import type { Notes } from './notes.ts';

// A lost word turns its neighbour into a pattern, and a command line has few; the bound saves time with many patterns.
const maxTried = 1000;

/**
 * Returns a clause for the message of an error that a lost word may have caused: sbatch, srun and the launchers consume a lone `:`, so
 * that `-e : a.txt` arrives as `-e a.txt`. Returns an empty text unless a typed pattern is the name of a file.
 */
export function lostWord(typedPatterns: readonly Buffer[]): string {
  const file = typedPatterns.slice(0, maxTried).find(isInput);
  if (!file) return '';
  return `, and the pattern ${quoted(file)} is the name of a file or folder: did a word before it get lost? (a lone ':' does; write -e:)`;
}

/** Adds lostWord() to the message of an error about a missing file. */
export function withLostWord(error: unknown, typedPatterns: readonly Buffer[]): unknown {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  if (error instanceof InputError && (code === 'ENOENT' || code === 'ENOTDIR'))
    error.message += lostWord(typedPatterns);
  return error;
}

/** Adds a note on a typed pattern that occurs nowhere and is the name of a file, since that file may be missing from the input. */
export function addLostWordNote(notes: Notes, typedPatterns: readonly Buffer[], spec: TallySpec, totals: Rows): void {
  if (spec.kind !== 'count' || typedPatterns.length === 0) return;
  const counts = totals.row(0);
  const occurs = (typed: Buffer) =>
    spec.patterns.ends.some((_, index) => counts[index] !== 0n && typed.equals(stringAt(spec.patterns, index)));
  const file = typedPatterns.slice(0, maxTried).find((typed) => isInput(typed) && !occurs(typed));
  if (!file) return;
  notes.add(
    `the pattern ${quoted(file)} occurs nowhere and is the name of a file or folder: if that was to be counted in, ` +
      "a word before it got lost (a lone ':' does; write -e:)",
  );
}

function isInput(path: Buffer): boolean {
  // Full stops are counted more often than they are lost folders.
  if (/^[./]+$/.test(path.toString('latin1'))) return false;
  try {
    const status = statSync(path);
    return status.isFile() || status.isDirectory();
  } catch {
    return false;
  }
}
