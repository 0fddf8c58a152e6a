// Compiles addons with node-gyp, which comes with npm: so this works in a clone and in an installed package, and for any
// number of MPIs, each in a folder of its own.
import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Unusable, run } from './probe.mjs';
import { NotFound } from './search.mjs';
import { addonApiFolder, checkCompiler, checkMakeAndPython, nodeHeaders, runTool } from './toolchain.mjs';

/** @typedef {import('./probe.mjs').Env} Env */

/**
 * @param {{ root: string, folder: string, env: Env, targets: string[], title: string }} what  `targets` of binding.gyp are
 *   compiled into `folder`/build/Release; none means all
 * @throws {NotFound}
 */
export function compile({ root, folder, env, targets, title }) {
  checkCompiler(env);
  checkMakeAndPython(env);
  prepare(root, folder);
  const gyp = nodeGyp(root, env);
  const headers = nodeHeaders(env);
  if (headers === undefined) fetchHeaders(gyp, folder, env);
  const jobs = Math.min(8, availableParallelism());
  const from = headers === undefined ? [] : [`--nodedir=${headers}`];
  const args = ['--loglevel=error', `--jobs=${jobs}`, ...from, 'configure', 'build', ...targets];
  const failure = runTool('node-gyp', gyp[0], [...gyp.slice(1), ...args], { cwd: folder, env });
  if (failure !== undefined) {
    throw new NotFound(
      `${failure}; the first error above says why. Used: ${title}. Another MPI: set MPICC=/path/to/mpicc and try again.`,
    );
  }
}

/**
 * node-gyp works in the folder that holds binding.gyp, and knows no other place for what it makes: a folder other than the
 * package's own gets links to what is in the package. The headers of node-addon-api get a link in any case, so that no
 * path that could hold blanks or quotes goes through make and a shell.
 * @param {string} root
 * @param {string} folder
 */
function prepare(root, folder) {
  mkdirSync(join(folder, 'build'), { recursive: true });
  if (realpathSync(root) !== realpathSync(folder)) {
    for (const name of ['binding.gyp', 'package.json', 'native']) link(join(root, name), join(folder, name));
  }
  link(addonApiFolder(root), join(folder, 'build', 'node-addon-api'));
}

/**
 * @param {string} target
 * @param {string} path
 */
function link(target, path) {
  rmSync(path, { recursive: true, force: true });
  // Relative, so that it holds after a checkout was moved.
  symlinkSync(relative(realpathSync(dirname(path)), realpathSync(target)), path);
}

/**
 * @param {string} root
 * @param {Env} env
 * @returns {[string, ...string[]]} the command
 */
function nodeGyp(root, env) {
  const inNpm = join('node_modules', 'npm', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const prefix = dirname(dirname(process.execPath));
  const candidates = [
    () => join(root, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'),
    () => env['npm_config_node_gyp'], // set by npm for the scripts of packages
    () => join(prefix, 'lib', inNpm),
    () => answerOf('npm', ['config', 'get', 'node-gyp'], env),
  ];
  for (const candidate of candidates) {
    const script = candidate();
    if (script !== undefined && existsSync(script)) return [process.execPath, script];
  }
  if (answerOf('node-gyp', ['--version'], env) !== undefined) return ['node-gyp'];
  throw new NotFound('node-gyp was not found: it comes with npm; put npm on PATH, or run: npm install -g node-gyp');
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Env} env
 * @returns {string | undefined}
 */
function answerOf(command, args, env) {
  try {
    return run(command, args, env).trim();
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return undefined;
  }
}

/**
 * Has node-gyp download Node's headers to where it finds them itself, unless it did so before.
 * @param {[string, ...string[]]} gyp
 * @param {string} folder
 * @param {Env} env
 */
function fetchHeaders([command, ...args], folder, env) {
  const failure = runTool('node-gyp', command, [...args, '--loglevel=error', 'install', '--ensure'], {
    cwd: folder,
    env,
  });
  if (failure === undefined) return;
  throw new NotFound(
    `Node's headers (node_api.h) are not beside ${process.execPath} and could not be downloaded (${failure}).\n` +
      'Set npm_config_nodedir=/path/to/node, a folder with include/node/node_api.h in it and of the version ' +
      `${process.version}: a Node from nodejs.org, conda or Spack has them; Debian and Ubuntu: sudo apt-get install libnode-dev.`,
  );
}
