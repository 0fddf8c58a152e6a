import { resultCsv } from './csv.ts';
import { resultJson, resultText, type Result } from '../job/result.ts';

export const formats = ['text', 'json', 'csv'] as const;
export type Format = (typeof formats)[number];

/** Formats the totals, in parts: as the lines of the tally, as one JSON object, or as a table. */
export function formatResult(result: Result, format: Format): Generator<Buffer> {
  switch (format) {
    case 'text':
      return resultText(result);
    case 'json':
      return resultJson(result);
    case 'csv':
      return resultCsv(result);
  }
}
