import { LaunchError } from '../mpi/errors.ts';
import { nothingKnown, positive, type Scheduler, type TimeLimit } from './scheduler.ts';
import type { System } from './system.ts';

/**
 * Returns the Flux instance that `flux batch` or `flux alloc` created for this job.
 * @throws LaunchError outside a Flux job.
 */
export async function flux(system: System): Promise<Scheduler> {
  const ask = async (...question: string[]) => {
    const { status, output } = await system.run(['flux', ...question], { seconds: 30 });
    return status === 0 ? output.trim() : '';
  };
  const job = await ask('getattr', 'jobid');
  if (job === '') throw new LaunchError('this is no Flux job; submit it: flux batch -n 4 jobs/count.flux -e love FILE');
  const ranks = positive(await ask('resource', 'list', '-n', '-o', '{ncores}'));
  if (ranks === undefined) throw new LaunchError('flux resource list does not tell how many cores the job has');
  return {
    ...nothingKnown,
    name: 'Flux',
    job,
    series: job,
    ranks,
    launcher: ['flux', 'run'],
    timeLimit: async () => limit(await ask('job', 'timeleft')),
    resumeCommand: 'flux batch jobs/count.flux',
  };
}

function limit(seconds: string): TimeLimit {
  return positive(seconds) === undefined ? {} : { options: ['--time-limit', `${seconds}s`] };
}
