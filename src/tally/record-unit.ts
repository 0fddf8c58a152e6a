import { check, textOf, type Fields } from '../base/untrusted-json.ts';
import type { KernelRecords } from '../scan/patterns.ts';
import { isJsonField, keysOf, pathOf, type JsonField } from './json-field.ts';

/** The units of records that are a word. */
export const wordUnits = ['line', 'file', 'fastq'] as const;

/** A unit of records: a word, or a field of JSON lines. */
export type RecordUnit = (typeof wordUnits)[number] | JsonField;

/** The records that are counted, if any. */
export interface RecordSpec {
  readonly records?: RecordUnit | undefined;
  /** Whether JSON lines that are not valid are left out; otherwise they are an error. */
  readonly skipInvalid?: boolean | undefined;
}

/** Returns the unit that a text names; undefined if there is none, or a key of its field is empty. */
export function recordUnitOf(text: string): RecordUnit | undefined {
  if (!isJsonField(text)) return wordUnits.find((unit) => unit === text);
  return keysOf(text).includes('') ? undefined : text;
}

/** Decodes and validates the fields of a plan. @throws An error of any kind. */
export function decodeRecords({ records, skipInvalid }: Fields<Record<string, unknown>>): RecordSpec {
  if (records === undefined) return {};
  const unit = recordUnitOf(textOf(records));
  check(unit, unit !== undefined, 'a unit of records');
  check(skipInvalid, skipInvalid === undefined || skipInvalid === true, 'a flag');
  return { records: unit, ...(skipInvalid === true && { skipInvalid }) };
}

/** Returns the fields of a plan. */
export function recordFields({ records, skipInvalid }: RecordSpec): object {
  return { ...(records && { records }), ...(skipInvalid && { skipInvalid }) };
}

/** Returns the records as the kernel takes them. @param group The field that names the group of a JSON line, if one does. */
export function kernelRecords(
  { records, skipInvalid = false }: RecordSpec,
  group: JsonField | undefined,
): KernelRecords | undefined {
  if (records === undefined || !isJsonField(records)) return records;
  return { path: pathOf(records), ...(group !== undefined && { groupPath: pathOf(group) }), skipInvalid };
}

/** Describes how records differ from those of the earlier run; undefined if they are the same. */
export function recordDifference(earlier: RecordSpec, now: RecordSpec): string | undefined {
  if (earlier.records !== now.records) {
    const [before, after] = [earlier, now].map(({ records }) => (records ? `--records ${records}` : undefined));
    if (!before) return 'it was begun without --records';
    return `it was begun with ${before}${after ? `, not ${after}` : ''}`;
  }
  if ((earlier.skipInvalid ?? false) === (now.skipInvalid ?? false)) return undefined;
  return `it was begun ${earlier.skipInvalid ? 'with' : 'without'} --skip-invalid`;
}
