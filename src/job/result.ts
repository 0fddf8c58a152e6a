import { chunksOf } from '../base/chunks.ts';
import { jsonListParts, jsonParts, JsonText } from '../base/json-parts.ts';
import type { GroupRow } from '../tally/groups.ts';
import type { Rows } from '../tally/rows.ts';
import { tallyOf, type TallySpec } from '../tally/tallies.ts';
import type { CountedInput } from '../tally/tally.ts';
import type { Access } from './durable/access.ts';
import type { Libraries } from './libraries.ts';
import type { ScheduleKind } from './plan/plan.ts';
import { invalidJson, type InvalidInput } from './skip/invalid-lines.ts';
import { skippedJson, type SkippedInput } from './skip/skipped-input.ts';
import { writeFileAtomic } from './durable/atomic-files.ts';

/** The totals, and what they belong to. */
export interface Result {
  readonly spec: TallySpec;
  readonly input: CountedInput;
  /** The number of files and streams, without those that are skipped. */
  readonly files: number;
  /** The size of these files and streams, in bytes. */
  readonly bytes: number;
  /** The files and streams that are not in the totals; undefined if there are none. */
  readonly skipped?: SkippedInput | undefined;
  /** The lines that are not in the totals; undefined if there are none. */
  readonly invalid?: InvalidInput | undefined;
  readonly ranks: number;
  readonly schedule: ScheduleKind;
  readonly seconds: number;
  readonly totals: Rows;
  /** The rows of the groups, in order, which can be iterated several times; absent unless counts are broken down. */
  readonly groups?: Iterable<GroupRow> | undefined;
  /** The libraries on rank 0's host for the formats of the files; the rank logs have those of each rank. */
  readonly libraries?: Libraries | undefined;
  /** The encoding of text without a byte order mark; undefined if text is not decoded. */
  readonly encoding?: string | undefined;
  readonly notes: readonly string[];
}

/**
 * Encodes a result as one line of JSON, in parts. Bytes that are not UTF-8 become `{"base64": ...}`; counts are exact integers, also above
 * 2^53. The groups come last, since there may be more of them than fit into memory.
 */
export function* resultJson(result: Result): Generator<Buffer> {
  yield* chunksOf(partsOf(result));
}

function* partsOf(result: Result): Generator<string | Uint8Array> {
  const {
    spec,
    input,
    files,
    bytes,
    skipped,
    invalid,
    ranks,
    schedule,
    seconds,
    totals,
    groups,
    libraries,
    encoding,
    notes,
  } = result;
  const tally = tallyOf(spec);
  const json = {
    ...tally.totalsFields(totals, input),
    files,
    bytes,
    ranks,
    schedule,
    complete: skipped === undefined && invalid === undefined,
    ...(skipped && { skipped: skippedJson(skipped) }),
    ...(invalid && { invalid: invalidJson(invalid) }),
    ...tally.optionFields(),
    seconds,
    ...(encoding !== undefined && { encoding }),
    ...(libraries && { libraries }),
    ...(notes.length > 0 && { notes }),
  };
  const inGroups = groups && new JsonText(jsonListParts(tally.groupsJson?.(groups, input) ?? []));
  yield* jsonParts({ ...json, groups: inGroups });
  yield '\n';
}

/** Encodes the totals, or those of the groups, as the lines that the tally prints, in parts. */
export function* resultText({ spec, input, totals, groups }: Result): Generator<Buffer> {
  yield* chunksOf(tallyOf(spec).text(totals, input, groups));
}

export const resultName = 'result.json';

/** Writes `result.json` into the log folder, atomically and durably. @throws OutputError */
export function writeResult(logDir: Buffer, result: Result, access: Access = {}): void {
  writeFileAtomic(logDir, resultName, resultJson(result), access);
}
