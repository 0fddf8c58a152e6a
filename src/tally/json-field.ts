/** The text before the name of a field of JSON lines, in options and plans. */
export const jsonPrefix = 'jsonl:';

/** A field of JSON lines, as its keys joined by dots. */
export type JsonField = `${typeof jsonPrefix}${string}`;

export function isJsonField(text: string): text is JsonField {
  return text.startsWith(jsonPrefix);
}

/** Returns the keys of a field: in the line, then in the object that is its value, and so on. */
export function keysOf(field: JsonField): string[] {
  return field.slice(jsonPrefix.length).split('.');
}

/** Returns the keys of a field as the kernel takes them. */
export function pathOf(field: JsonField): Buffer[] {
  return keysOf(field).map((key) => Buffer.from(key));
}
