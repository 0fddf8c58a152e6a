// Finds how to compile and link against MPI: `node native/build/find-mpi.mjs --explain` shows what it found and how.
import { existsSync } from 'node:fs';
import { adviceFor } from './advice.mjs';
import { cxxBinding, namesLibrary, sortFlags, splitWords } from './flags.mjs';
import { findLauncher } from './find-launcher.mjs';
import { answer, search } from './search.mjs';
import { macrosOf, pkgConfig, run, Unusable } from './probe.mjs';

/** @typedef {import('./probe.mjs').Env} Env */
/** @typedef {import('./search.mjs').Way} Way */
/** @typedef {import('./search.mjs').Attempt} Attempt */
/**
 * @typedef {object} Mpi
 * @property {string} family    openmpi, mpich, intelmpi, mvapich, or mpi for one that does not say
 * @property {string} version
 * @property {string} source    what gave the flags, for people
 * @property {string | undefined} wrapper  the compiler wrapper that gave them
 * @property {string[]} cflags
 * @property {string[]} libs
 * @property {Attempt[]} attempts  what was tried before, and why it did not work
 */

const WRAPPERS = ['mpicc', 'mpicc.openmpi', 'mpicc.mpich', 'mpiicx', 'mpiicc'];
const PACKAGES = ['mpi-c', 'ompi-c', 'ompi', 'mpich', 'mvapich', 'mvapich2', 'impi'];

/**
 * @param {Env} env
 * @returns {Mpi}
 */
export function findMpi(env = process.env) {
  const { found, way, attempts } = search('MPI', waysToMpi(env), (words) => checked(words, env), adviceFor('mpi'));
  return { ...found, source: way.name, wrapper: way.wrapper, attempts };
}

/**
 * In order of how much somebody meant it.
 * @param {Env} env
 * @returns {Way[]}
 */
function waysToMpi(env) {
  const cflags = env['MPICOUNT_MPI_CFLAGS'];
  const libs = env['MPICOUNT_MPI_LIBS'];
  if (cflags !== undefined || libs !== undefined) {
    const words = () => [...splitWords(cflags ?? ''), ...splitWords(libs ?? '')];
    return [{ name: 'MPICOUNT_MPI_CFLAGS and MPICOUNT_MPI_LIBS', explicit: true, words }];
  }
  const mpicc = env['MPICC'];
  if (mpicc !== undefined && mpicc !== '') {
    return [{ name: `MPICC=${mpicc}`, explicit: true, wrapper: mpicc, words: () => askWrapper(mpicc, env) }];
  }
  return [
    ...waysToCray(env),
    ...WRAPPERS.map((name) => ({ name: `${name} on PATH`, wrapper: name, words: () => askWrapper(name, env) })),
    ...PACKAGES.map((name) => ({ name: `pkg-config ${name}`, words: () => pkgConfig(name, env) })),
  ];
}

/**
 * A Cray has no mpicc in its programming environment, or one that is not meant for it.
 * @param {Env} env
 * @returns {Way[]}
 */
function waysToCray(env) {
  const folder = env['CRAY_MPICH_DIR'];
  if (folder === undefined || folder === '') return [];
  const description = `${folder}/lib/pkgconfig/mpich.pc`;
  return [
    {
      name: `Cray MPICH by ${description}`,
      words: () => {
        if (!existsSync(description)) throw new Unusable(`${description}: not found`);
        return pkgConfig(description, env);
      },
    },
    {
      name: 'Cray MPICH by cc --cray-print-opts',
      words: () => splitWords(run('cc', ['--cray-print-opts=all'], env)),
    },
  ];
}

/**
 * @param {string} command  a path, or a name on PATH; may carry arguments
 * @param {Env} env
 * @returns {string[]}
 */
function askWrapper(command, env) {
  // A path with a space in it is more likely than a wrapper with arguments, and can be told by looking.
  const [name = '', ...args] = existsSync(command) ? [command] : splitWords(command);
  return splitWords(run(name, [...args, '-show'], env)).slice(1);
}

/**
 * @param {string[]} words
 * @param {Env} env
 * @returns {Pick<Mpi, 'family' | 'version' | 'cflags' | 'libs'>}
 */
function checked(words, env) {
  const flags = sortFlags(words);
  const binding = cxxBinding(flags.libs);
  if (binding !== undefined) {
    throw new Unusable(`${binding} is MPI's C++ binding: this is a C++ wrapper, the C wrapper (mpicc) is wanted`);
  }
  if (!namesLibrary(flags.libs)) throw new Unusable(`no library (-l...) among: ${words.join(' ') || '(nothing)'}`);
  return { ...identify(flags.cflags, env), ...flags };
}

/**
 * @param {string[]} cflags
 * @param {Env} env
 * @returns {Pick<Mpi, 'family' | 'version'>}
 */
function identify(cflags, env) {
  const ompi = ['OMPI_MAJOR_VERSION', 'OMPI_MINOR_VERSION', 'OMPI_RELEASE_VERSION'];
  // Intel MPI and MVAPICH are made from MPICH and say so too, hence the order.
  const named = /** @type {const} */ ([
    ['I_MPI_VERSION', 'intelmpi'],
    ['MVAPICH_VERSION', 'mvapich'],
    ['MVAPICH2_VERSION', 'mvapich'],
    ['MPICH_VERSION', 'mpich'],
  ]);
  const standard = ['MPI_VERSION', 'MPI_SUBVERSION'];
  const skip = ['-DOMPI_SKIP_MPICXX', '-DMPICH_SKIP_MPICXX'];
  const macros = macrosOf('mpi.h', [...cflags, ...skip], [...ompi, ...named.map(([name]) => name), ...standard], env);
  const dotted = (/** @type {string[]} */ names) => names.map((name) => macros.get(name) ?? '0').join('.');
  if (macros.has('OMPI_MAJOR_VERSION')) return { family: 'openmpi', version: dotted(ompi) };
  for (const [macro, family] of named) {
    const version = macros.get(macro);
    if (version !== undefined) return { family, version };
  }
  if (!macros.has('MPI_VERSION')) throw new Unusable('its mpi.h defines no MPI_VERSION');
  return { family: 'mpi', version: dotted(standard) };
}

answer(import.meta.url, findMpi, (mpi) => `${mpi.family} ${mpi.version}`, {
  '--family': (mpi) => mpi.family,
  '--launcher': (mpi) => findLauncher(mpi),
});
