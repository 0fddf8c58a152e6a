// Compiles mpi.node for a further MPI with cmake-js, in a clone: CMake's FindMPI asks the compiler wrapper.
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Unusable, run } from './probe.mjs';
import { NotFound } from './search.mjs';
import { checkCompiler, runTool } from './toolchain.mjs';

/** @typedef {import('./probe.mjs').Env} Env */

/**
 * @param {{ root: string, folder: string, env: Env, title: string }} what  `env.MPICC` is the path of the wrapper
 * @returns {string} the path of the addon
 * @throws {NotFound}
 */
export function compileWithCmake({ root, folder, env, title }) {
  checkCompiler(env);
  const script = cmakeJs(root);
  checkCmake(env);
  const out = join(folder, 'build');
  // CMake refuses the cache of a project that was moved or copied.
  rmSync(join(out, 'CMakeCache.txt'), { force: true });
  const args = ['build', '--directory', join(root, 'native'), '--out', out, '--log-level', 'error', '--target', 'mpi'];
  const jobs = String(Math.min(8, availableParallelism()));
  const settings = ['--parallel', jobs, `--CDMPI_C_COMPILER=${env['MPICC'] ?? ''}`];
  const failure = runTool('cmake-js', process.execPath, [script, ...args, ...settings], { cwd: root, env });
  if (failure !== undefined) throw new NotFound(`${failure}; the first error above says why. Used: ${title}.`);
  return join(out, 'mpi.node');
}

/**
 * @param {string} root
 * @returns {string} its script
 */
function cmakeJs(root) {
  try {
    return createRequire(join(root, 'package.json')).resolve('cmake-js/bin/cmake-js');
  } catch {
    throw new NotFound(
      'cmake-js is not installed here: run `npm ci` in a clone of this project first, or use: mpicount build MPICC',
    );
  }
}

/** @param {Env} env */
function checkCmake(env) {
  try {
    run('cmake', ['--version'], env);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new NotFound(
      `${error.message}; install CMake 3.19 or newer (apt-get, dnf, brew, spack, conda; module load cmake)`,
    );
  }
}
