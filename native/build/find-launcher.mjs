// The launcher that belongs to an MPI. With two MPIs installed, `mpirun` on PATH may well be the other one's, and the
// two together would run as so many separate programs of one rank each.
import { accessSync, constants, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { run, Unusable } from './probe.mjs';
import { NotFound } from './search.mjs';

/** @typedef {import('./probe.mjs').Env} Env */

/** What `mpirun --version` says. Intel's and MVAPICH's are made from MPICH's Hydra and start each other's programs. */
const SAYS = /** @type {const} */ ({ openmpi: /Open MPI|OpenRTE|PRRTE/i, hydra: /HYDRA|Intel\(R\) MPI/i });

/**
 * @param {{ family: string, wrapper?: string | undefined }} mpi
 * @param {Env} env
 * @returns {string} a path
 */
export function findLauncher({ family, wrapper }, env = process.env) {
  const says = family === 'openmpi' ? SAYS.openmpi : SAYS.hydra;
  /** @type {string[]} */
  const seen = [];
  for (const path of candidates(family, wrapper, env)) {
    try {
      const text = run(path, ['--version'], env);
      if (says.test(text)) return path;
      seen.push(`  ${path}: is another MPI's (${text.trim().split('\n')[0] ?? ''})`);
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      seen.push(`  ${path}: ${error.message}`);
    }
  }
  const tried = seen.length > 0 ? ['. Tried:', ...seen].join('\n') : ': there is no mpirun or mpiexec on PATH.';
  throw new NotFound(
    `The launcher of ${family} was not found${tried}\n` +
      'Install it (Debian, Ubuntu: openmpi-bin or mpich), put it on PATH (cluster: module load ...), or set MPIRUN=/path/to/mpirun.',
  );
}

/**
 * @param {string} family
 * @param {string | undefined} wrapper
 * @param {Env} env
 * @returns {Set<string>} in the order to try: named by the user, beside the compiler wrapper, on PATH
 */
function candidates(family, wrapper, env) {
  const named = env['MPIRUN'];
  if (named !== undefined && named !== '') return new Set([named]);
  const folders = foldersOnPath(env);
  const path = wrapper === undefined ? undefined : programPath(wrapper, env);
  // mpicc.mpich goes with mpirun.mpich, mpicc-openmpi-mp (MacPorts) with mpirun-openmpi-mp.
  const suffix = path === undefined ? '' : (/^mpicc([.-].*)?$/.exec(basename(path))?.[1] ?? '');
  const names = ['mpirun', 'mpiexec'].flatMap((name) => [...new Set([name + suffix, `${name}.${family}`, name])]);
  const all = [...(path === undefined ? [] : [dirname(path)]), ...folders];
  return new Set(all.flatMap((folder) => names.map((name) => join(folder, name))).filter(isProgram));
}

/**
 * @param {string} command
 * @param {Env} env
 * @returns {string | undefined} where PATH has it
 */
export function programPath(command, env) {
  return command.includes('/')
    ? command
    : foldersOnPath(env)
        .map((folder) => join(folder, command))
        .find(isProgram);
}

/**
 * @param {Env} env
 * @returns {string[]}
 */
function foldersOnPath(env) {
  return (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
