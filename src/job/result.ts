import { stringify } from 'lossless-json';

import { bytesToJson, printableJson } from '../base/bytes.ts';
import type { PlanHeader } from './plan/plan.ts';
import type { Access } from './durable/access.ts';
import { writeFileAtomic } from './durable/atomic-files.ts';

/** The totals and the plan that they belong to. */
export interface Result {
  readonly plan: PlanHeader;
  readonly ranks: number;
  readonly seconds: number;
  /** One total for each pattern of the plan, in its order. */
  readonly totals: BigUint64Array;
  readonly notes: readonly string[];
}

/** Encodes a result as one line of JSON. Patterns that are not UTF-8 become `{"base64": ...}`; counts are exact integers, also above 2^53. */
export function resultJson({ plan, ranks, seconds, totals, notes }: Result): string {
  const json = {
    patterns: plan.patterns.map((pattern, index) => ({ pattern: bytesToJson(pattern), count: totals[index] })),
    files: plan.files,
    bytes: plan.bytes,
    ranks,
    complete: true,
    ...plan.options,
    seconds,
    ...(notes.length > 0 && { notes }),
  };
  return `${printableJson(stringify(json) ?? '')}\n`;
}

export const resultName = 'result.json';

/** Writes `result.json` into the log folder, atomically and durably. @throws OutputError */
export function writeResult(logDir: Buffer, result: Result, access: Access = {}): void {
  writeFileAtomic(logDir, resultName, resultJson(result), access);
}
