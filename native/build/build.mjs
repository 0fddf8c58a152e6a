// Builds the addons: what `npm install`, scripts/setup.sh and `mpicount build` run.
//
//   build.mjs [--if-stale]                 both addons, and again those of further MPIs that were built from older sources
//   build.mjs [--if-stale] MPICC [NAME]    mpi.node for one more MPI, in build-mpi/NAME
//   build.mjs [--if-stale] --cmake MPICC [NAME]    the same with cmake-js instead of node-gyp: `npm run build:mpi` in a clone
//   build.mjs --check                      builds nothing; the exit status is 3 when --if-stale would build something
import { copyFileSync, existsSync, readdirSync, renameSync } from 'node:fs';
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileWithCmake } from './cmake.mjs';
import { makeCodeCache } from './code-cache.mjs';
import { compile } from './compile.mjs';
import { findMpi } from './find-mpi.mjs';
import { fingerprint, isFresh, readFingerprint, rebuildIfStale } from './fingerprint.mjs';
import { isWritable, userFolder, versionOf } from './place.mjs';
import { NotFound, Usage } from './search.mjs';
import { checkCompiler } from './toolchain.mjs';
import { programPath } from './find-launcher.mjs';

/** @typedef {import('./fingerprint.mjs').Build} Build */
/** @typedef {import('./find-mpi.mjs').Mpi} Mpi */
/** @typedef {import('./probe.mjs').Env} Env */
/** @typedef {import('./fingerprint.mjs').Tool} Tool */
/** @typedef {{ folder: string, name: string, mpicc: string | undefined, tool: Tool }} FurtherBuild */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const env = process.env;
const NOTHING_BUILT = 1;
const WRONG_USAGE = 2;
const STALE = 3;
const SCAN = ['native/block', 'native/files', 'native/kernel', 'native/match', 'native/source', 'native/text'];
const SOURCES = ['binding.gyp', 'native/addons.json', 'native/mpi', ...SCAN];
const FURTHER_SOURCES = ['binding.gyp', 'native/addons.json', 'native/CMakeLists.txt', 'native/mpi'];

const usage = [
  'usage: mpicount build [MPICC [NAME]]',
  '       npm run build:mpi -- MPICC [NAME]     in a clone, with CMake',
  '  MPICC  the C compiler wrapper of a further MPI: mpicc.mpich, /opt/openmpi-5/bin/mpicc, ...',
  '  NAME   what to call it when the name of the MPI is not enough: mpich-4.2',
].join('\n');

try {
  main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof NotFound) && !(error instanceof Usage)) throw error;
  const prefix = error instanceof NotFound ? 'mpicount: the native addons were not built.\n' : '';
  process.stderr.write(`${prefix}${error.message}\n`);
  process.exitCode = error instanceof NotFound ? NOTHING_BUILT : WRONG_USAGE;
}

/** @param {string[]} args */
function main(args) {
  const options = args.filter((word) => word.startsWith('--'));
  const [mpicc, name, ...rest] = args.filter((word) => !options.includes(word));
  const unknown = options.some((option) => !['--if-stale', '--check', '--cmake'].includes(option));
  const cmake = options.includes('--cmake');
  if (unknown || (cmake && mpicc === undefined) || rest.length > 0 || mpicc === '' || mpicc?.startsWith('-'))
    throw new Usage(usage);
  if (options.includes('--check')) {
    if (!standardBuilds().some(isFresh) || staleFurtherBuilds().length > 0) process.exitCode = STALE;
    return;
  }
  const force = !options.includes('--if-stale');
  if (mpicc === undefined) {
    buildStandard(force);
    for (const build of staleFurtherBuilds()) rebuildFurther(build);
    // A clone has no bundle yet when npm installs its packages; scripts/bundle.mjs makes the cache there.
    if (existsSync(join(root, 'dist', 'program.cjs')) && isWritable(root)) makeCodeCache(join(root, 'dist'));
  } else {
    buildFurther(mpicc, name, { tool: cmake ? 'cmake-js' : 'node-gyp', force });
  }
}

/** The folders that the program looks for addons in, the first first. */
function addonFolders() {
  const own = userFolder(versionOf(root), env);
  return own === undefined ? [root] : [root, own];
}

/** Where something can be built: in the package if that can be written to. */
function writableFolder() {
  const folder = isWritable(root) ? root : addonFolders()[1];
  if (folder !== undefined) return folder;
  throw new NotFound(
    `${root} cannot be written to, and there is no home folder: set XDG_DATA_HOME to a folder of yours.`,
  );
}

/**
 * Both addons, with the MPI that is found first.
 * @param {string} folder
 * @param {Mpi} mpi
 * @returns {Build}
 */
function standardBuild(folder, mpi) {
  const release = join(folder, 'build', 'Release');
  return {
    file: join(folder, 'build', 'fingerprint.json'),
    folder: join(folder, 'build'),
    now: fingerprint(root, SOURCES, titleOf(mpi), flagsOf(mpi), env),
    outputs: [join(release, mpi.family, 'mpi.node'), join(release, 'scan.node')],
  };
}

function standardBuilds() {
  const mpi = withCompilerAdvice(() => findMpi(env));
  return addonFolders().map((folder) => standardBuild(folder, mpi));
}

/**
 * @param {boolean} force
 * @param {Env} [environment]
 */
function buildStandard(force, environment = env) {
  const mpi = withCompilerAdvice(() => findMpi(environment));
  if (!force && addonFolders().some((folder) => isFresh(standardBuild(folder, mpi)))) return;
  const folder = writableFolder();
  const build = standardBuild(folder, mpi);
  rebuildIfStale({
    ...build,
    force,
    build: () => {
      const title = `${titleOf(mpi)} (${mpi.source})`;
      process.stderr.write(`Building the addons with ${title}\n`);
      compile({ root, folder, env: environment, targets: [], title });
    },
  });
  if (force) process.stderr.write(`Built ${build.outputs.join(' and ')}\n`);
}

/**
 * @param {string} mpicc
 * @param {string | undefined} name
 * @param {{ tool: Tool, force: boolean }} how
 */
function buildFurther(mpicc, name, { tool, force }) {
  // The wrapper given here wins over flags set for the first MPI.
  const environment = {
    ...env,
    MPICOUNT_MPI_CFLAGS: undefined,
    MPICOUNT_MPI_LIBS: undefined,
    MPICC: programPath(mpicc, env) ?? mpicc,
  };
  const mpi = withCompilerAdvice(() => findMpi(environment));
  const folderName = name ?? mpi.family;
  // The program knows from the folder's name which launcher it belongs to.
  if (!folderName.startsWith(mpi.family) || !/^[\w.+-]+$/.test(folderName)) {
    throw new Usage(
      `${folderName}: the name must begin with "${mpi.family}", for example ${mpi.family}-${mpi.version}`,
    );
  }
  // scan.node comes with the first build, so where there is none this MPI is the first one. It is node-gyp that makes it.
  if (tool === 'node-gyp' && !addonFolders().some((folder) => existsSync(join(folder, 'build', 'fingerprint.json')))) {
    buildStandard(force, environment);
    if (name === undefined) return;
  }
  const folder = join(writableFolder(), 'build-mpi', folderName);
  const output = join(folder, 'mpi.node');
  const done = rebuildIfStale({
    ...furtherBuild(folder),
    now: {
      ...fingerprint(root, FURTHER_SOURCES, titleOf(mpi), [tool, ...flagsOf(mpi)], env),
      mpicc: environment.MPICC,
      tool,
    },
    force,
    build: () => {
      const title = `${titleOf(mpi)} (${mpicc})`;
      process.stderr.write(`Building ${output} with ${title}\n`);
      let made = join(folder, 'build', 'Release', mpi.family, 'mpi.node');
      if (tool === 'cmake-js') made = compileWithCmake({ root, folder, env: environment, title });
      else compile({ root, folder, env: environment, targets: ['mpi'], title });
      // Ranks that start meanwhile find the addon before or the one after.
      copyFileSync(made, `${output}.new`);
      renameSync(`${output}.new`, output);
    },
  });
  if (force || done) process.stderr.write(`Built ${output}\n`);
}

/** @param {string} folder */
function furtherBuild(folder) {
  return { file: join(folder, 'fingerprint.json'), folder, outputs: [join(folder, 'mpi.node')] };
}

/**
 * The builds for further MPIs that were made from other sources than those that are here now, as after an upgrade. Their MPIs
 * are not looked at, which would take time at each start.
 * @returns {FurtherBuild[]}
 */
function staleFurtherBuilds() {
  const { version, sources } = fingerprint(root, FURTHER_SOURCES, '', [], env);
  return addonFolders().flatMap((base) => {
    const all = join(base, 'build-mpi');
    if (!existsSync(all)) return [];
    return readdirSync(all).flatMap((name) => {
      const folder = join(all, name);
      const { file, outputs } = furtherBuild(folder);
      const record = readFingerprint(file);
      if (record === undefined && !outputs.every((path) => existsSync(path))) return [];
      if (record?.version === version && record.sources === sources) return [];
      return [{ folder, name, mpicc: record?.mpicc ?? record?.inputs[1], tool: record?.tool ?? 'node-gyp' }];
    });
  });
}

/** @param {FurtherBuild} build */
function rebuildFurther({ folder, name, mpicc, tool }) {
  try {
    if (mpicc === undefined) throw new NotFound('it does not say with which MPICC it was built');
    buildFurther(mpicc, name, { tool, force: false });
  } catch (error) {
    if (!(error instanceof NotFound) && !(error instanceof Usage)) throw error;
    // The others are good all the same.
    process.stderr.write(
      `mpicount: ${folder} is of an older version and was not built again: ${error.message}\n` +
        `Load the module of its MPI and try again, or remove that folder.\n`,
    );
  }
}

/** @param {Mpi} mpi */
function titleOf(mpi) {
  return `${mpi.family} ${mpi.version}`;
}

/** @param {Mpi} mpi */
function flagsOf(mpi) {
  return [...mpi.cflags, ...mpi.libs];
}

/**
 * Without a compiler no header can be read, so every way to an MPI fails, and the reason is the compiler.
 * @template T
 * @param {() => T} find
 * @returns {T}
 */
function withCompilerAdvice(find) {
  try {
    return find();
  } catch (error) {
    if (error instanceof NotFound) checkCompiler(env);
    throw error;
  }
}
