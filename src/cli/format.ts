import { resultJson, resultText, type Result } from '../job/result.ts';

export const formats = ['text', 'json'] as const;
export type Format = (typeof formats)[number];

/** Formats the totals: as the lines of the tally, or as one JSON object. */
export function formatResult(result: Result, format: Format): Buffer {
  return format === 'json' ? Buffer.from(resultJson(result)) : resultText(result);
}
