// Builds both addons with node-gyp. Run by `npm install`; with --if-stale by the set-up.
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findMpi } from './find-mpi.mjs';
import { fingerprint, rebuildIfStale } from './fingerprint.mjs';
import { NotFound } from './search.mjs';
import { checkCompiler, checkMakeAndPython, nodeHeaders, runTool } from './toolchain.mjs';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const env = process.env;

try {
  build(!process.argv.includes('--if-stale'));
} catch (error) {
  if (!(error instanceof NotFound)) throw error;
  process.stderr.write(`mpicount: the native addons were not built.\n${error.message}\n`);
  process.exitCode = 1;
}

/** @param {boolean} force */
function build(force) {
  const mpi = withCompilerAdvice(() => findMpi(env));
  const release = join(root, 'build', 'Release');
  const title = `${mpi.family} ${mpi.version}`;
  const inputs = [...mpi.cflags, ...mpi.libs];
  rebuildIfStale({
    file: join(root, 'build', 'fingerprint.json'),
    folder: join(root, 'build'),
    now: fingerprint(root, ['binding.gyp', 'native/mpi', 'native/scan'], title, inputs, env),
    outputs: [join(release, mpi.family, 'mpi.node'), join(release, 'scan.node')],
    force,
    build: () => {
      checkCompiler(env);
      checkMakeAndPython(env);
      process.stderr.write(`Building the addons with ${title} (${mpi.source})\n`);
      const failure = nodeGyp();
      if (failure !== undefined) {
        throw new NotFound(
          `${failure}; the first error above says why. Used: ${title} (${mpi.source}). ` +
            'Another MPI: set MPICC=/path/to/mpicc and try again.',
        );
      }
    },
  });
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

/** @returns {string | undefined} why it failed */
function nodeGyp() {
  const headers = nodeHeaders(env);
  const jobs = Math.min(8, availableParallelism());
  const args = ['configure', 'build', '--loglevel=error', `--jobs=${jobs}`];
  if (headers !== undefined) args.push(`--nodedir=${headers}`);
  // npm names its own node-gyp to the scripts of packages that have none.
  const bundled = env['npm_config_node_gyp'];
  const own = join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const script = [own, bundled].find((path) => path !== undefined && existsSync(path));
  return script === undefined
    ? runTool('node-gyp', 'node-gyp', args, { cwd: root, env })
    : runTool('node-gyp', process.execPath, [script, ...args], { cwd: root, env });
}
