import { accessSync, constants, statSync } from 'node:fs';

import { writeFailure } from '../../base/system-error.ts';

/**
 * Checks the folder for temporary files, where Open MPI keeps its session directory. Without it, mpirun and MPI_Init fail with
 * pages of messages.
 * @returns The problem; undefined if the folder can be used.
 * https://docs.open-mpi.org/en/v5.0.x/launching-apps/troubleshooting.html
 */
export function temporaryFolderProblem(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  // This is the order in which Open MPI reads them.
  const name = ['TMPDIR', 'TEMP', 'TMP'].find((variable) => environment[variable] !== undefined);
  const folder = (name === undefined ? undefined : environment[name]) ?? '/tmp';
  const reason = whyNot(folder);
  if (reason === undefined) return undefined;
  return `the folder for temporary files, ${name === undefined ? folder : `${name}=${folder}`}, cannot be used: ${reason}`;
}

function whyNot(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return 'it is no folder';
    accessSync(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'there is no such folder' : writeFailure(error);
  }
}
