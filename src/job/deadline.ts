// What a stop takes, and what clocks and schedulers may be off by: at most this, and a tenth of the time at most.
const marginSeconds = 30;

/**
 * The seconds from now after which a job should begin to stop, so that it has ended in time; undefined when nothing limits it.
 * @param timeLimit Seconds from now that the user allows.
 * @param environment SLURM tells there when the job's time is up, in seconds since 1970.
 * @param now In seconds since 1970.
 */
export function secondsUntilStop(
  timeLimit: number | undefined,
  environment: Readonly<Record<string, string | undefined>>,
  now: number,
): number | undefined {
  const end = Number(environment['SLURM_JOB_END_TIME'] ?? NaN);
  const limits = [timeLimit, end - now].filter((limit): limit is number => limit !== undefined && !Number.isNaN(limit));
  if (limits.length === 0) return undefined;
  const left = Math.min(...limits);
  return Math.max(0, left - Math.min(marginSeconds, left / 10));
}
