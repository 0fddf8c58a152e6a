import { schedulers } from '../launch/places.ts';
import { generalOptions } from './general.ts';
import { jobNames } from './jobs.ts';
import type { Command } from './option.ts';

/** `mpicount launch` */
export const launch = {
  name: 'launch',
  summary: 'run a job with all ranks that a scheduler gave it',
  usage: [`launch [--scheduler NAME] -- ${jobNames.join('|')} ...`],
  help:
    `runs ${jobNames.join(' or ')} with all ranks of a slurm, pbs, lsf or flux job, or with $NP ranks (4) on this machine; job scripts ` +
    'use it. It passes arguments on unchanged, stops the job before its time limit, starts it again, and prints the totals. ' +
    'MPICOUNT_LAUNCH sets the command that starts the ranks (mpirun), MPICOUNT_REQUEUES how often a job may start again (100).',
  arguments: [
    {
      name: 'COMMAND',
      value: { kind: 'job' },
      help: `the command to run, ${jobNames.join(' or ')}, with its options and arguments`,
    },
  ],
  options: {
    scheduler: {
      type: 'string',
      valueName: 'NAME',
      value: { kind: 'choice', choices: schedulers },
      default: 'none',
      help: 'scheduler of the job: slurm, pbs, lsf or flux; none on this machine',
    },
    script: {
      type: 'string',
      valueName: 'FILE',
      value: { kind: 'file' },
      help: 'job script that is submitted, where pbs and lsf have not started a job yet',
    },
    ...generalOptions,
  },
} as const satisfies Command;
