import { printable } from '../base/bytes.ts';
import { bytesOf } from './arguments.ts';
import { UsageError } from './usage-error.ts';

const factors: Readonly<Record<string, number>> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** Parses a size such as `4096`, `64K`, `16M` or `1G`. @returns A number of bytes, at least 1. @throws UsageError */
export function parseSize(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d+)([KMGT]?)(?:i?B)?$/i.exec(text) ?? [];
  const size = Number(digits) * (factors[unit.toUpperCase()] ?? NaN);
  if (digits !== '' && size >= 1 && Number.isSafeInteger(size)) return size;
  throw new UsageError(
    `${option}: '${printable(bytesOf(text))}' is not a size; give a number of bytes such as 4096, 64K, 16M or 1G`,
  );
}
