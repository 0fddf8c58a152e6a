/**
 * Returns the time in milliseconds of a clock that never goes back. It has no meaning but in differences. For `performance.now()` Node would
 * load a module, which takes each rank 5 ms.
 */
export function clockTime(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Converts milliseconds since 1970 to the time of that clock. */
export function clockTimeOf(date: number): number {
  return date - Date.now() + clockTime();
}
