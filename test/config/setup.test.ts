import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { MPICH, Site } from './site.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A machine with Node and the usual small programs, and nothing to build with. */
function bare(...more: string[]): Site {
  const site = new Site();
  for (const name of ['bash', 'cat', 'dirname', 'env', 'flock', 'mkdir', 'readlink', 'sh', 'tail', 'uname', ...more]) {
    const path = ['/usr/bin', '/bin'].map((folder) => join(folder, name)).find((file) => existsSync(file));
    if (path !== undefined) symlinkSync(path, join(site.bin, name));
  }
  symlinkSync(process.execPath, join(site.bin, 'node'));
  delete site.env['CXX'];
  return site;
}

function run(site: Site, command: string, ...args: string[]) {
  return spawnSync(command, args, { cwd: root, env: { ...site.env }, encoding: 'utf8' });
}

describe('jobs/setup.sh', () => {
  test('where apt cannot help it names what is missing, why, and how to get it', () => {
    const { status, stdout, stderr } = run(bare(), 'jobs/setup.sh', '--tests', '--lint', '--bench');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    for (const part of [
      'missing: g++ (compiles the native addons)',
      'missing: make (',
      'missing: python3 (',
      'missing: openmpi-bin (',
      'missing: ripgrep (',
      'missing: shellcheck (',
      'missing: ugrep (',
      'on Debian and Ubuntu only. Then try again.',
      'module load openmpi',
      'dnf install openmpi-devel',
      'brew install open-mpi',
      'spack install gcc',
      'conda install -c conda-forge openmpi',
      'OTHER_MPICC=',
      'sudo apt-get install ripgrep ugrep parallel python3-mpi4py',
    ]) {
      expect(stderr).toContain(part);
    }
  });

  test('without root and sudo it does not try', () => {
    const site = bare();
    site.program('bin/apt-get', 'echo apt-get was run; exit 1');
    site.program('bin/id', 'echo 1000');
    const { status, stderr } = run(site, 'jobs/setup.sh');
    expect(status).toBe(1);
    expect(stderr).toContain('installing packages needs root or sudo. Then try again.');
    expect(stderr).toContain('sudo apt-get install openmpi-bin libopenmpi-dev');
  });

  test('an MPI that is there is kept', () => {
    const site = bare();
    site.wrapper('mpicc', site.mpi('m', MPICH));
    const { stderr } = run(site, 'jobs/setup.sh');
    expect(stderr).toContain('missing: g++');
    expect(stderr).not.toContain('openmpi');
  });

  test('an old Node is refused', () => {
    const site = bare();
    site.program('other/node', 'echo v20.18.3');
    site.env['PATH'] = `${join(site.root, 'other')}:${site.bin}`;
    const { status, stderr } = run(site, 'jobs/setup.sh');
    expect(status).toBe(1);
    expect(stderr).toBe('setup: Node v20.18.3 is too old; install Node 20.19 or newer (cluster: module load nodejs)\n');
  });
});

describe('what npm install runs', () => {
  test('without an MPI: the last lines say what to do', () => {
    const site = bare();
    site.env['CXX'] = '/usr/bin/c++';
    const { status, stderr } = run(site, 'node', 'native/config/build.mjs');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mpicount: the native addons were not built\.\nMPI was not found\. Tried in this order:\n/);
    expect(stderr.trim().split('\n').at(-1)).toContain('MPICC=/path/to/mpicc');
  });

  test('without a compiler: it is the compiler that is named', () => {
    const site = bare();
    site.wrapper('mpicc', site.mpi('m', MPICH));
    const { status, stderr } = run(site, 'node', 'native/config/build.mjs');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mpicount: .*\nNo usable C\+\+ compiler: (g|c)\+\+: not found\n/);
    expect(stderr).toContain('apt-get install g++ make python3');
  });

  test('with a compiler that is too old', () => {
    const site = bare();
    site.env['CXX'] = site.program('bin/old-c++', 'echo "error: unrecognized option -std=gnu++20" >&2; exit 1');
    const { stderr } = run(site, 'node', 'native/config/build.mjs');
    expect(stderr).toContain('A C++20 compiler is wanted: GCC 10');
  });
});
