import { shells } from '../completion/shells.ts';
import { generalOptions } from './general.ts';
import type { Command } from './option.ts';

/** `mpicount completion` */
export const completion = {
  name: 'completion',
  summary: 'print a completion script for a shell',
  usage: ['completion SHELL'],
  help:
    'prints a script with which SHELL (bash, zsh or fish) completes commands, options, values and names of files. Load it in the ' +
    'start-up file of the shell: source <(mpicount completion bash), or mpicount completion fish | source.',
  arguments: [{ name: 'SHELL', value: { kind: 'choice', choices: shells }, help: 'the shell: bash, zsh or fish' }],
  options: generalOptions,
} as const satisfies Command;
