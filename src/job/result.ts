import { stringify } from 'lossless-json';

import { printableJson } from '../base/bytes.ts';
import type { Rows } from '../tally/rows.ts';
import { tallyOf, type TallySpec } from '../tally/tallies.ts';
import type { CountedInput } from '../tally/tally.ts';
import type { Access } from './durable/access.ts';
import type { Libraries } from './libraries.ts';
import type { ScheduleKind } from './plan/plan.ts';
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
  readonly ranks: number;
  readonly schedule: ScheduleKind;
  readonly seconds: number;
  readonly totals: Rows;
  /** The libraries on rank 0's host for the formats of the files; the rank logs have those of each rank. */
  readonly libraries?: Libraries | undefined;
  readonly notes: readonly string[];
}

/** Encodes a result as one line of JSON. Bytes that are not UTF-8 become `{"base64": ...}`; counts are exact integers, also above 2^53. */
export function resultJson(result: Result): string {
  const { spec, input, files, bytes, skipped, ranks, schedule, seconds, totals, libraries, notes } = result;
  const tally = tallyOf(spec);
  const json = {
    ...tally.totalsFields(totals, input),
    files,
    bytes,
    ranks,
    schedule,
    complete: skipped === undefined,
    ...(skipped && { skipped: skippedJson(skipped) }),
    ...tally.optionFields(),
    seconds,
    ...(libraries && { libraries }),
    ...(notes.length > 0 && { notes }),
  };
  return `${printableJson(stringify(json) ?? '')}\n`;
}

/** Encodes the totals as the lines that the tally prints. */
export function resultText({ spec, input, totals }: Result): Buffer {
  const [tab, newline] = [Buffer.from('\t'), Buffer.from('\n')];
  const lines = Array.from(tallyOf(spec).lines(totals, input), ({ counters, names }) => [
    Buffer.from(counters),
    ...names.flatMap((name, index) => (index > 0 ? [tab, name] : name)),
    newline,
  ]);
  return Buffer.concat(lines.flat());
}

export const resultName = 'result.json';

/** Writes `result.json` into the log folder, atomically and durably. @throws OutputError */
export function writeResult(logDir: Buffer, result: Result, access: Access = {}): void {
  writeFileAtomic(logDir, resultName, resultJson(result), access);
}
