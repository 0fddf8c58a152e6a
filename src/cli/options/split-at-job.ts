/**
 * Splits the arguments of `mpicount launch` at `--`.
 * @returns Its own options, and the words of the job's command line; undefined when there is no `--`.
 */
export function splitAtJob(args: readonly string[]): { own: string[]; job: string[] | undefined } {
  const end = args.indexOf('--');
  return end < 0 ? { own: [...args], job: undefined } : { own: args.slice(0, end), job: args.slice(end + 1) };
}
