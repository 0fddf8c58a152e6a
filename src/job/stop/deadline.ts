// What a stop takes, and what clocks and schedulers may be off by: at most this, and a tenth of the time at most.
const marginMilliseconds = 30_000;

/**
 * When a job should begin to stop, so that it has ended in time; undefined when nothing limits it. All in milliseconds since
 * 1970, but for the limit.
 * @param limitSeconds The time that the user allows, from `started` on.
 * @param environment SLURM tells there when the job's time is up. What is not in the future was left by another job, or SLURM
 *   lets this one go on all the same.
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
