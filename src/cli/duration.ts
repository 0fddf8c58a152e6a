import { printable } from '../base/bytes.ts';
import { bytesOf } from './arguments.ts';
import { UsageError } from './usage-error.ts';

const seconds: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

/** Parses a positive duration such as `90`, `90s`, `15m`, `2h` or `1d`. @returns Seconds. @throws UsageError */
export function parseDuration(text: string, option: string): number {
  const [, digits = '', unit = ''] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text) ?? [];
  const duration = Number(digits) * (seconds[unit] ?? NaN);
  if (digits !== '' && duration > 0 && Number.isFinite(duration)) return duration;
  throw new UsageError(`${option}: '${printable(bytesOf(text))}' is not a time; give one such as 90s, 15m, 2h or 1d`);
}
