import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MPICH, Site } from '../support/site.ts';

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

describe('scripts/setup.sh', () => {
  test('without apt, names missing packages with reasons and remedies', () => {
    const { status, stdout, stderr } = run(bare(), 'scripts/setup.sh', '--tests', '--lint', '--bench');
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

  test('does not install packages without root or sudo', () => {
    const site = bare();
    site.program('bin/apt-get', 'echo apt-get was run; exit 1');
    site.program('bin/id', 'echo 1000');
    const { status, stderr } = run(site, 'scripts/setup.sh');
    expect(status).toBe(1);
    expect(stderr).toContain('installing packages needs root or sudo. Then try again.');
    expect(stderr).toContain('sudo apt-get install openmpi-bin libopenmpi-dev');
  });

  test('keeps an installed MPI', () => {
    const site = bare();
    site.wrapper('mpicc', site.mpi('m', MPICH));
    const { stderr } = run(site, 'scripts/setup.sh');
    expect(stderr).toContain('missing: g++');
    expect(stderr).not.toContain('openmpi');
  });

  test('writes nothing when nothing is missing', () => {
    const times = () =>
      ['.', '.setup', '.setup/lock', 'dist', 'build'].map((name) => statSync(join(root, name)).mtimeMs);
    const before = times();
    const { status, stdout, stderr } = spawnSync('scripts/setup.sh', { cwd: root, encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(times()).toEqual(before);
  });

  test('refuses an old Node', () => {
    const site = bare();
    site.program('other/node', 'echo v20.18.3');
    site.env['PATH'] = `${join(site.root, 'other')}:${site.bin}`;
    const { status, stderr } = run(site, 'scripts/setup.sh');
    expect(status).toBe(1);
    expect(stderr).toBe('setup: Node v20.18.3 is too old; install Node 20.19 or newer (cluster: module load nodejs)\n');
  });
});

describe('a read-only checkout', () => {
  const parts = ['jobs', 'scripts', 'native', 'src', 'dist', 'binding.gyp', 'package.json', 'package-lock.json'];
  const modules = ['node_modules/.package-lock.json', 'node_modules/node-addon-api'];
  const built = ['build/fingerprint.json', 'build/Release/scan.node', 'build/Release/openmpi', 'build/Release/mpich'];

  /** A copy of this checkout, of which only the folder `mine` can be written to. */
  function readOnly(...names: string[]): Site {
    const site = new Site();
    for (const name of names.filter((each) => existsSync(join(root, each)))) {
      const place = join(site.root, 'checkout', name);
      mkdirSync(dirname(place), { recursive: true });
      execFileSync('cp', ['-a', join(root, name), place]); // with the times of folders, too
    }
    mkdirSync(join(site.root, 'mine'), { mode: 0o777 });
    chmodSync(join(site.root, 'mine'), 0o777);
    chmodSync(join(site.root, 'checkout'), 0o555);
    chmodSync(site.root, 0o755);
    onTestFinished(() => chmodSync(join(site.root, 'checkout'), 0o755)); // to be removed
    return site;
  }

  function runThere(site: Site, folder: string, script: string, ...args: string[]) {
    const cwd = join(site.root, folder);
    const mine = join(site.root, 'mine');
    return spawnSync(join(site.root, 'checkout', script), args, {
      cwd,
      env: { ...process.env, INIT_CWD: cwd, HOME: mine, XDG_STATE_HOME: mine, XDG_DATA_HOME: mine, NP: '2' },
      encoding: 'utf8',
      ...(process.getuid?.() === 0 && { uid: 65534, gid: 65534 }), // root may write anywhere
    });
  }

  test.each([
    ['mine', 'logs'],
    ['checkout', '\\S+/mine/mpicount/logs'],
  ])('counts if it is built, and writes logs for the user, from the folder %s', (folder, logs) => {
    const site = readOnly(...parts, ...modules, ...built);
    const text = site.file('mine/text', 'love lovely\nhate\n');
    const { status, stdout, stderr } = runThere(site, folder, 'scripts/start.sh', '-e', 'love', '-e', 'hate', text);
    expect({ status, stdout, stderr }).toMatchObject({ status: 0, stdout: '2\tlove\n1\thate\n' });
    expect(stderr).toMatch(new RegExp(`^mpicount: rank logs: ${logs}/local-[\\d-]+/ranks$`, 'm'));
    expect(stderr).toMatch(
      new RegExp(`^mpicount: report: node (?:\\S+/)?dist/mpicount\\.cjs report ${logs}/local-[\\d-]+$`, 'm'),
    );
    expect(readdirSync(join(site.root, 'checkout'))).not.toContain('.setup');
  });

  test('reports what is missing if it is not built', () => {
    const site = readOnly(...parts.filter((part) => part !== 'dist'));
    const { status, stdout, stderr } = runThere(site, 'mine', 'scripts/setup.sh');
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr:
        `setup: ${site.root}/checkout cannot be written to, and this is missing here or older than its sources: ` +
        'npm packages, the bundle\n' +
        'setup: its owner can run scripts/setup.sh there; or copy the folder, and run it in the copy\n',
    });
  });
});

describe('the install script of npm', () => {
  test('ends with a remedy when there is no MPI', () => {
    const site = bare();
    site.env['CXX'] = '/usr/bin/c++';
    const { status, stderr } = run(site, 'node', 'native/build/build.mjs');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mpicount: the native addons were not built\.\nMPI was not found\. Tried in this order:\n/);
    expect(stderr.trim().split('\n').at(-1)).toContain('MPICC=/path/to/mpicc');
  });

  test('names the compiler when it is missing', () => {
    const site = bare();
    site.wrapper('mpicc', site.mpi('m', MPICH));
    const { status, stderr } = run(site, 'node', 'native/build/build.mjs');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^mpicount: .*\nNo usable C\+\+ compiler: (g|c)\+\+: not found\n/);
    expect(stderr).toContain('apt-get install g++ make python3');
  });

  test('refuses a compiler that is too old', () => {
    const site = bare();
    site.env['CXX'] = site.program('bin/old-c++', 'echo "error: unrecognized option -std=gnu++20" >&2; exit 1');
    const { stderr } = run(site, 'node', 'native/build/build.mjs');
    expect(stderr).toContain('A C++20 compiler is wanted: GCC 10');
  });
});
