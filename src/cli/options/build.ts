import { generalOptions } from './general.ts';
import type { Command } from './option.ts';

/** `mpicount build` */
export const build = {
  name: 'build',
  summary: 'build the native addons for an MPI',
  usage: ['build [MPICC [NAME]]'],
  help:
    'builds the native addons on this machine, for the MPI of the mpicc on PATH (or MPICC=/path/to/mpicc in the environment). ' +
    'With MPICC, the C compiler wrapper of an MPI, it adds a build for that MPI; NAME (such as mpich-4.2) distinguishes two builds for ' +
    "the same MPI. If the program's own folder is not writable, the addons go to ${XDG_DATA_HOME:-~/.local/share}/mpicount.",
  arguments: [
    { name: 'MPICC', value: { kind: 'file' }, help: 'the C compiler wrapper of the MPI to build for' },
    { name: 'NAME', value: { kind: 'bytes' }, help: 'a name for the build, which begins with the name of the MPI' },
  ],
  options: generalOptions,
} as const satisfies Command;
