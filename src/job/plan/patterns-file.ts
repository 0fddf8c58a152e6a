import { unlinkSync } from 'node:fs';

import type { ByteStrings } from '../../base/byte-strings.ts';
import { printable } from '../../base/bytes.ts';
import { readFailure } from '../../base/system-error.ts';
import { check, objectOf, textOf, truth, wholeNumber, type Fields } from '../../base/untrusted-json.ts';
import { decodePatterns, encodePatterns, type NamedPatterns } from '../../tally/stored-patterns.ts';
import { patternsOf, type TallySpec } from '../../tally/tallies.ts';
import type { Access } from '../durable/access.ts';
import { readRegularBytes, writeFileAtomic } from '../durable/atomic-files.ts';
import { withFolder } from '../durable/open-folder.ts';
import { joinPath } from '../durable/output-error.ts';
import { sha256 } from '../journal/checksum.ts';
import { ResumeError } from '../journal/errors.ts';

// The file of the patterns beside plan.json, if there are very many. Its name is made of its checksum, so that two jobs that write a plan
// into the same folder at the same moment never replace each other's patterns.

/** The field of plan.json that stands for patterns which are stored beside it. */
export interface StoredPatternsJson {
  readonly file: string;
  readonly bytes: number;
  /** The SHA-256 of the file, in hexadecimal digits. */
  readonly sha256: string;
  /** Whether each line is an ID, a tab and a pattern. */
  readonly ids: boolean;
}

// Fewer are easier to read in the plan, and versions that know no such file can resume the count.
const maxPatternsInPlan = 10_000;
const maxBytesInPlan = 1_000_000;

/** Returns whether the patterns of a new plan are to be stored beside it. */
export function areManyPatterns(spec: TallySpec): boolean {
  const named = patternsOf(spec);
  if (!named) return false;
  const bytes = named.patterns.bytes.length + (named.ids?.bytes.length ?? 0);
  return named.patterns.ends.length > maxPatternsInPlan || bytes > maxBytesInPlan;
}

/** Returns that field. It is computed once for each list, since that takes some tenths of a second. */
export function storedPatternsJson(named: NamedPatterns): StoredPatternsJson {
  const known = described.get(named.patterns);
  if (known && known.named.ids === named.ids) return known.json;
  const contents = encodePatterns(named);
  const digest = sha256([contents]);
  const json = { file: nameOf(digest), bytes: contents.length, sha256: digest, ids: named.ids !== undefined };
  described.set(named.patterns, { named, json });
  return json;
}

/** By the patterns. */
const described = new WeakMap<ByteStrings, { readonly named: NamedPatterns; readonly json: StoredPatternsJson }>();

function nameOf(digest: string): string {
  return `patterns-${digest.slice(0, 16)}.txt`;
}

/** Writes the file of the patterns into an existing log folder, atomically and durably. @throws OutputError */
export function writePatterns(logDir: Buffer, named: NamedPatterns, access: Access): void {
  writeFileAtomic(logDir, storedPatternsJson(named).file, [encodePatterns(named)], access);
}

/** Removes the file of the patterns. */
export function removePatterns(logDir: Buffer, named: NamedPatterns): void {
  withFolder(logDir, [], (folder) => {
    unlinkSync(folder.pathOf(storedPatternsJson(named).file));
  });
}

/**
 * Reads the patterns that a plan file names. Anyone may have written both.
 * @param json The field of the plan that stands for the patterns.
 * @throws ResumeError if the file cannot be read or is not the one that the plan names; any other error if `json` is not valid.
 */
export function readPatterns(logDir: Buffer, json: unknown): NamedPatterns {
  const fields = objectOf(json) as Fields<StoredPatternsJson>;
  const [digest, bytes, hasIds] = [textOf(fields.sha256), wholeNumber(fields.bytes), truth(fields.ids)];
  check(digest, /^[0-9a-f]{64}$/.test(digest) && fields.file === nameOf(digest), 'a file of patterns');
  const path = joinPath(logDir, nameOf(digest));
  const shown = printable(path);
  let contents: Uint8Array;
  try {
    contents = readRegularBytes(path);
  } catch (error) {
    throw new ResumeError(`${shown}: cannot be read, and the plan beside it needs it: ${readFailure(error)}`, {
      cause: error,
    });
  }
  if (contents.length !== bytes || sha256([contents]) !== digest) {
    throw new ResumeError(`${shown}: damaged; start anew with another --log-dir`);
  }
  const named = decodePatterns(contents, hasIds);
  described.set(named.patterns, { named, json: { file: nameOf(digest), bytes, sha256: digest, ids: hasIds } });
  return named;
}
