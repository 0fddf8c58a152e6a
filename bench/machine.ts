import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';

import { packageRoot, packageVersion } from '../src/base/package.ts';
import { launcherOf } from '../test/support/job.ts';
import { duckDbVersion, pythonLibrary } from './contestants/json.ts';
import { python } from './contestants/python.ts';

/** Where, with what and when it was measured. */
export function machine(): Record<string, string> {
  return {
    date: now(),
    CPU: `${cpus()[0]?.model.trim() ?? ''}, ${availableParallelism()} cores`,
    memory: `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    system: `${/^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? ''}, Linux ${release()}`,
    mpicount: version(),
    'Node.js': process.version,
    'Open MPI': firstLine(launcherOf('openmpi'), '--version'),
    MPICH: firstLine('mpichversion'),
    ripgrep: firstLine('rg', '--version'),
    'GNU grep': firstLine('grep', '--version'),
    ugrep: firstLine('ugrep', '--version'),
    'GNU parallel': firstLine('parallel', '--version'),
    jq: firstLine('jq', '--version'),
    DuckDB: duckDbVersion,
    Python: firstLine(python, '--version'),
    mpi4py: firstLine(python, '-c', 'import mpi4py; print(mpi4py.__version__)'),
    pyahocorasick: firstLine('dpkg-query', '-W', '-f', '${Version}', 'python3-ahocorasick'),
    [pythonLibrary]: firstLine(python, '-c', `import ${pythonLibrary}; print(${pythonLibrary}.__version__)`),
  };
}

/** Tells when something is measured, and with which version of mpicount. */
export function measuredNow(): string {
  return `${now()}, mpicount ${version()}`;
}

function version(): string {
  const git = (...args: string[]) => firstLine('git', '-C', packageRoot, ...args);
  // The results of rows that were measured before are no change of the program.
  const isChanged = git('status', '--porcelain', '--', ':!bench/results.*') !== '';
  return `${packageVersion}, ${git('describe', '--always')}${isChanged ? '-dirty' : ''}`;
}

/** Returns the time in UTC, to the minute. */
function now(): string {
  return new Date().toISOString().slice(0, 16).replace('T', ' ');
}

function firstLine(command: string, ...args: string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout.split('\n')[0]?.replace(/\s+/g, ' ').trim() ?? '';
}
