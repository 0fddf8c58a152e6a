import { generalOptions } from './general.ts';
import type { Command } from './option.ts';

/** `mpicount doctor` */
export const doctor = {
  name: 'doctor',
  summary: 'print what each rank sees, and known problems with it',
  usage: ['doctor'],
  help: 'prints the MPI builds, the launcher, what each rank sees, and the known problems with it.',
  arguments: [],
  options: generalOptions,
} as const satisfies Command;
