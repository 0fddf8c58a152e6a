import { LaunchError } from '../mpi/errors.ts';
import { nodeWanted } from '../base/package.ts';

/**
 * Checks that this Node has the features that are used here. npm only warns about an old Node, and a job may run another Node than
 * the one that installed the package.
 * @throws LaunchError
 */
export function checkNode(version = process.versions.node, hasBuiltins = 'getBuiltinModule' in process): void {
  const [wanted = ''] = /\d+\.\d+/.exec(nodeWanted) ?? [];
  // Node 21 and 22.0 to 22.2 lack it: https://nodejs.org/docs/latest-v22.x/api/process.html#processgetbuiltinmoduleid
  if (!isOlder(version, wanted) && hasBuiltins) return;
  throw new LaunchError(
    `this is Node ${version}, but Node ${wanted}, 22.3 or newer is needed: install it, or load its module (module load nodejs), ` +
      'and see that it comes first on PATH wherever a rank starts',
  );
}

function isOlder(version: string, wanted: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
