import { isUtf8 } from 'node:buffer';

import { printable } from '../base/bytes.ts';
import { jsonPrefix } from '../tally/json-field.ts';
import { recordUnitOf, wordUnits, type RecordSpec } from '../tally/record-unit.ts';
import { bytesOf } from './arguments.ts';
import { UsageError } from './usage-error.ts';

/**
 * Parses the options about records.
 * @param unit The value of --records, with one character per byte.
 * @throws UsageError
 */
export function parseRecords(unit: string | undefined, skipInvalid: boolean): RecordSpec {
  if (unit === undefined) {
    if (skipInvalid) throw new UsageError('--skip-invalid needs --records jsonl:FIELD, whose lines it is about');
    return {};
  }
  const bytes = bytesOf(unit);
  const records = isUtf8(bytes) ? recordUnitOf(bytes.toString()) : undefined;
  if (records === undefined) throw new UsageError(`--records: ${complaint(unit, bytes)}`);
  if (skipInvalid && !records.startsWith(jsonPrefix)) {
    throw new UsageError(`--skip-invalid is about JSON lines, not about --records ${records}`);
  }
  return { records, ...(skipInvalid && { skipInvalid }) };
}

function complaint(unit: string, bytes: Buffer): string {
  const shown = `'${printable(bytes)}'`;
  if (!unit.startsWith(jsonPrefix)) return `${shown} is not one of ${[...wordUnits, `${jsonPrefix}FIELD`].join(', ')}`;
  const field = 'the name of a member, or names joined by dots, as in jsonl:text or jsonl:meta.text';
  if (isUtf8(bytes)) return `${shown} has an empty name; FIELD is ${field}`;
  return `${shown} is not UTF-8, as the names of members are; FIELD is ${field}`;
}
