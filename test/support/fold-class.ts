import { foldClasses } from '../../src/scan/unicode/tables.ts';

const classOf = new Map<number, readonly number[]>();
const classes = foldClasses();
for (let at = 0; at < classes.length; at += 1 + classes[at]!) {
  const members = [...classes.subarray(at + 1, at + 1 + classes[at]!)];
  for (const member of members) classOf.set(member, members);
}

/** Returns all code points with the same Unicode simple case folding as this one, itself included, in order. */
export function foldClass(codePoint: number): readonly number[] {
  return classOf.get(codePoint) ?? [codePoint];
}
