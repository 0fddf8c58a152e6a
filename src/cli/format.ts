import { resultJson, type Result } from '../job/result.ts';

export const formats = ['text', 'json'] as const;
export type Format = (typeof formats)[number];

/** Totals for a person, `cut` and `sort` (`COUNT<TAB>PATTERN` a line, patterns byte for byte), or as one JSON object. */
export function formatResult(result: Result, format: Format): Buffer {
  if (format === 'json') return Buffer.from(resultJson(result));
  const lines = result.plan.patterns.map((pattern, index) =>
    Buffer.concat([Buffer.from(`${result.totals[index] ?? 0n}\t`), pattern, Buffer.from('\n')]),
  );
  return Buffer.concat(lines);
}
