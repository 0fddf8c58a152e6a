// Numbers as a person reads them, each of at most eight characters.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Returns the unit in which to show a number of bytes, and the number of bytes in it. */
export function unitFor(bytes: number): { unit: string; factor: number } {
  let [index, factor] = [0, 1];
  while (bytes / factor >= 1023.5 && index < units.length - 1) {
    index += 1;
    factor *= 1024;
  }
  return { unit: units[index] ?? '', factor };
}

/** Returns a number of bytes with a unit, such as `1.2 GiB`. */
export function shownBytes(bytes: number): string {
  const { unit, factor } = unitFor(bytes);
  const number = bytes / factor;
  return `${number.toFixed(factor > 1 && number < 99.95 ? 1 : 0)} ${unit}`;
}

/** Returns a time in seconds, with as many digits as matter. */
export function shownSeconds(seconds: number): string {
  return seconds.toFixed(seconds < 9.995 ? 2 : seconds < 999.95 ? 1 : 0);
}

/** Returns a time for a person, such as `1 h 23 min`. @param seconds The time in seconds. */
export function shownDuration(seconds: number): string {
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2) return `${Math.round(seconds)} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Returns a rate. @param seconds The time in seconds that `bytes` took. */
export function shownRate(bytes: number, seconds: number): string {
  return seconds > 0 ? `${shownBytes(bytes / seconds)}/s` : '-';
}

/** Returns a number of things, such as `1 file` or `2 files`. */
export function shownNumber(number: number | bigint, thing: string): string {
  return `${number} ${thing}${number === 1 || number === 1n ? '' : 's'}`;
}

/** Returns a time in UTC, such as `2030-01-31 12:00:00 UTC`. @param time In milliseconds since 1970. */
export function shownTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
