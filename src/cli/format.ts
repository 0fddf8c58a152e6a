import { resultJson, type Result } from '../job/result.ts';

export const formats = ['text', 'json'] as const;
export type Format = (typeof formats)[number];

/** Formats the totals: as text, one line `COUNT<TAB>PATTERN` per pattern with its exact bytes, or as one JSON object. */
export function formatResult(result: Result, format: Format): Buffer {
  if (format === 'json') return Buffer.from(resultJson(result));
  const lines = result.plan.patterns.map((pattern, index) =>
    Buffer.concat([Buffer.from(`${result.totals[index] ?? 0n}\t`), pattern, Buffer.from('\n')]),
  );
  return Buffer.concat(lines);
}
