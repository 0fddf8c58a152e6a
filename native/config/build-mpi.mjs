// Builds mpi.node for one more MPI, beside those that are there: `npm run build:mpi -- mpicc.mpich`.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMpi } from './find-mpi.mjs';
import { fingerprint, readFingerprint, rebuildIfStale } from './fingerprint.mjs';
import { Unusable, run } from './probe.mjs';
import { NotFound } from './search.mjs';
import { checkCompiler, runTool } from './toolchain.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const env = process.env;

const force = !process.argv.includes('--if-stale');
const [wrapper, name, ...rest] = process.argv.slice(2).filter((word) => word !== '--if-stale');
try {
  if (wrapper === undefined) list();
  else if (wrapper.startsWith('-') || rest.length > 0) throw new NotFound(usage());
  else build(wrapper, name);
} catch (error) {
  if (!(error instanceof NotFound)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

/**
 * @param {string} mpicc
 * @param {string | undefined} wanted
 */
function build(mpicc, wanted) {
  // The wrapper given here wins over flags set for the first MPI.
  const mpi = findMpi({ ...env, MPICOUNT_MPI_CFLAGS: undefined, MPICOUNT_MPI_LIBS: undefined, MPICC: mpicc });
  const title = `${mpi.family} ${mpi.version}`;
  const folderName = wanted ?? mpi.family;
  // The program knows from the folder's name which launcher it belongs to.
  if (!folderName.startsWith(mpi.family) || !/^[\w.+-]+$/.test(folderName)) {
    throw new NotFound(
      `${folderName}: the name must begin with "${mpi.family}", for example ${mpi.family}-${mpi.version}`,
    );
  }
  const folder = join(root, 'build-mpi', folderName);
  const output = join(folder, 'mpi.node');
  const done = rebuildIfStale({
    file: join(folder, 'fingerprint.json'),
    folder,
    now: fingerprint(root, ['native/CMakeLists.txt', 'native/mpi'], title, [mpicc, ...mpi.cflags, ...mpi.libs], env),
    outputs: [output],
    force,
    build: () => {
      checkCompiler(env);
      process.stderr.write(`Building build-mpi/${folderName}/mpi.node with ${title} (${mpicc})\n`);
      const failure = cmakeJs(folder, pathOf(mpicc));
      if (failure !== undefined) throw new NotFound(`${failure}; the first error above says why.`);
    },
  });
  if (force || done) process.stderr.write(`Built build-mpi/${folderName}/mpi.node\n`);
}

/**
 * @param {string} folder
 * @param {string} mpicc
 * @returns {string | undefined} why it failed
 */
function cmakeJs(folder, mpicc) {
  let script;
  try {
    script = createRequire(join(root, 'package.json')).resolve('cmake-js/bin/cmake-js');
  } catch {
    throw new NotFound('cmake-js is not installed here: run `npm ci` in a clone of this project first.');
  }
  try {
    run('cmake', ['--version'], env);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    throw new NotFound(
      'cmake: not found; install it (apt-get, dnf, brew, spack or conda install cmake; module load cmake)',
    );
  }
  // CMake refuses the cache of a project that was moved or copied.
  rmSync(join(folder, 'CMakeCache.txt'), { force: true });
  const settings = [`--CDMPI_C_COMPILER=${mpicc}`, '--CDMPICOUNT_SCAN=OFF'];
  const args = [
    script,
    'build',
    '--directory',
    join(root, 'native'),
    '--out',
    folder,
    '--log-level',
    'error',
    ...settings,
  ];
  return runTool('cmake-js', process.execPath, args, { cwd: root, env });
}

/**
 * @param {string} command
 * @returns {string} as CMake wants it
 */
function pathOf(command) {
  if (command.includes('/')) return command;
  const folders = (env['PATH'] ?? '').split(':');
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path)) ?? command;
}

function list() {
  const builds = [
    ...['build/Release', 'build-mpi'].flatMap((place) => {
      const folder = join(root, place);
      if (!existsSync(folder)) return [];
      return readdirSync(folder)
        .filter((entry) => existsSync(join(folder, entry, 'mpi.node')))
        .map((entry) => `  ${place}/${entry}/mpi.node${madeOf(place, entry)}`);
    }),
  ];
  process.stdout.write(`${['Built:', ...(builds.length > 0 ? builds : ['  nothing yet']), usage()].join('\n')}\n`);
}

/**
 * @param {string} place
 * @param {string} entry
 * @returns {string}
 */
function madeOf(place, entry) {
  const file =
    place === 'build-mpi' ? join(root, place, entry, 'fingerprint.json') : join(root, 'build', 'fingerprint.json');
  const title = readFingerprint(file)?.title;
  return title === undefined ? '' : ` (${title})`;
}

function usage() {
  return [
    'usage: npm run build:mpi -- MPICC [NAME]',
    '  MPICC  the C compiler wrapper of the MPI: mpicc.mpich, /opt/openmpi-5/bin/mpicc, ...',
    '  NAME   the folder in build-mpi/, when the name of the MPI is not enough: mpich-4.2',
  ].join('\n');
}
