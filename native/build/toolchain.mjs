// What an addon is compiled with: checked before a build, so that a missing part is said in one line and not by a page of
// gyp's.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { adviceFor } from './advice.mjs';
import { compiler, run, Unusable } from './probe.mjs';
import { NotFound } from './search.mjs';

/** @typedef {import('./probe.mjs').Env} Env */

/** @param {Env} env */
export function checkCompiler(env) {
  const [command = '', ...args] = compiler(env);
  try {
    run(command, [...args, '-std=gnu++20', '-fsyntax-only', '-x', 'c++', '-'], env, '#include <span>\nint main() {}\n');
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    const old = error.message.endsWith('not found') ? '' : '\nA C++20 compiler is wanted: GCC 10, Clang 12 or newer.';
    throw new NotFound(`No usable C++ compiler: ${error.message}${old}\n${adviceFor('compiler')}`);
  }
}

/**
 * node-gyp writes makefiles with a Python program.
 * @param {Env} env
 */
export function checkMakeAndPython(env) {
  const pythons = [env['npm_config_python'], env['NODE_GYP_FORCE_PYTHON'], env['PYTHON'], 'python3', 'python'];
  for (const [what, commands] of /** @type {const} */ ([
    ['make', [env['MAKE'], 'make', 'gmake']],
    ['Python 3', pythons],
  ])) {
    const found = commands.some((command) => command !== undefined && command !== '' && runs(command, env));
    if (!found) throw new NotFound(`${what} was not found on PATH.\n${adviceFor('compiler')}`);
  }
}

/**
 * @param {string} command
 * @param {Env} env
 */
function runs(command, env) {
  try {
    run(command, ['--version'], env);
    return true;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return false;
  }
}

/**
 * Where Node's headers lie, when they came with Node itself: then nothing has to be downloaded, which a cluster often
 * does not allow. An explicit npm_config_nodedir wins.
 * @param {Env} env
 * @param {string} [node]  the program
 * @returns {string | undefined}
 * @throws {NotFound}
 */
export function nodeHeaders(env, node = process.execPath) {
  const explicit = env['npm_config_nodedir'];
  if (explicit !== undefined && explicit !== '') {
    // The sources of Node serve, too.
    if (['include/node', 'src'].some((folder) => existsSync(join(explicit, folder, 'node_api.h')))) return explicit;
    throw new NotFound(
      `npm_config_nodedir=${explicit}: there is no include/node/node_api.h in it. Correct it, or unset it.`,
    );
  }
  const prefix = dirname(dirname(node));
  const complete = ['node_api.h', 'common.gypi', 'config.gypi'].every((name) =>
    existsSync(join(prefix, 'include', 'node', name)),
  );
  return complete ? prefix : undefined;
}

/**
 * The folder of node-addon-api, which npm puts beside the package rather than into it when it can.
 * @param {string} root  the package's folder
 * @returns {string}
 */
export function addonApiFolder(root) {
  return dirname(createRequire(join(root, 'package.json')).resolve('node-addon-api/package.json'));
}

/**
 * Runs a build tool with its output on stderr: stdout belongs to whoever started the set-up.
 * @param {string} name  for people
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env: Env }} where
 * @returns {string | undefined} why it failed
 */
export function runTool(name, command, args, { cwd, env }) {
  const stdio = /** @type {['ignore', number, number]} */ (['ignore', 2, 2]);
  const done = spawnSync(command, args, { cwd, env: /** @type {NodeJS.ProcessEnv} */ ({ ...env }), stdio });
  if (done.error !== undefined) return `${name}: ${done.error.message}`;
  if (done.signal !== null) return `${name} was ended by ${done.signal}`;
  return done.status === 0 ? undefined : `${name} ended with status ${done.status}`;
}
