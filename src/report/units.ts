// Numbers as a person reads them, each of at most eight characters.

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** Returns a number of bytes with a unit, such as `1.2 GiB`. */
export function shownBytes(bytes: number): string {
  let unit = 0;
  let number = bytes;
  while (number >= 1023.5 && unit < units.length - 1) {
    number /= 1024;
    unit += 1;
  }
  return `${number.toFixed(unit > 0 && number < 99.95 ? 1 : 0)} ${units[unit] ?? ''}`;
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
