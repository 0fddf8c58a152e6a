import { commands } from '../options/commands.ts';
import { isJobName } from '../options/jobs.ts';
import { launch } from '../options/launch.ts';
import { asksForHelp } from '../options/split-arguments.ts';
import { splitAtJob } from '../options/split-at-job.ts';
import { helpOn, helpOnAll } from './help.ts';

/** Returns the help that a command line asks for; undefined if it asks for none. */
export function helpFor(name: string, args: string[]): string | undefined {
  if (['--help', '-h', 'help'].includes(name)) return helpOnAll();
  const command = commands.find((each) => each.name === name);
  if (!command) return undefined;
  if (command !== launch) return asksForHelp(args, command.options) ? helpOn(command) : undefined;
  const { own, job: [job = '', ...argsOfJob] = [] } = splitAtJob(args);
  if (asksForHelp(own, launch.options)) return helpOn(launch);
  return isJobName(job) ? helpFor(job, argsOfJob) : undefined;
}
