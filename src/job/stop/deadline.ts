// Reserve for the stop itself and for differences between clocks; at most a tenth of the allowed time.
const marginMilliseconds = 30_000;

/**
 * Computes when a job should begin to stop in order to end in time. Times are in milliseconds since 1970.
 * @param limitSeconds The user's time limit, in seconds from `started`; undefined for none.
 * @param environment SLURM_JOB_END_TIME is used if it is in the future. Otherwise it is left over from another job, or SLURM lets
 *   this job overrun its limit.
 * @returns Undefined if nothing limits the job.
 */
export function stopTime(
  limitSeconds: number | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  started: number,
  now: number,
): number | undefined {
  const end = environment['SLURM_JOB_END_TIME'] ?? '';
  const scheduled = /^\d+$/.test(end) ? Number(end) * 1000 : 0;
  const limits = limitSeconds === undefined ? [] : [started + limitSeconds * 1000];
  if (scheduled > now) limits.push(scheduled);
  if (limits.length === 0) return undefined;
  const last = Math.min(...limits);
  return last - Math.min(marginMilliseconds, Math.max(0, last - started) / 10);
}
