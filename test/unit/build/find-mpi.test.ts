import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findMpi } from '../../../native/build/find-mpi.mjs';
import { splitWords } from '../../../native/build/flags.mjs';
import { findLauncher } from '../../../native/build/find-launcher.mjs';
import { MPICH, OPENMPI, Site } from '../../support/site.ts';

const script = fileURLToPath(new URL('../../../native/build/find-mpi.mjs', import.meta.url));

function command(site: Site, ...options: string[]) {
  return spawnSync(process.execPath, [script, ...options], { env: { ...site.env }, encoding: 'utf8' });
}

describe('the sources of flags are tried in order', () => {
  /** A machine on which every way works and each gives another version. */
  function everywhere(): Site {
    const site = new Site();
    const version = (text: string) => site.mpi(text, `#define MPICH_VERSION "${text}"`);
    site.wrapper('my-mpicc', version('mpicc-variable'));
    site.program('bin/cc', `[ "$1" = --cray-print-opts=all ] && echo "${version('cray-cc')}"`);
    site.wrapper('mpicc', version('mpicc'));
    site.wrapper('mpicc.mpich', version('mpicc.mpich'));
    site.program(
      'bin/pkg-config',
      `case $3 in */mpich.pc) echo "${version('cray-pc')}" ;; mpich) echo "${version('pkg-config')}" ;; *) exit 1 ;; esac`,
    );
    return site;
  }

  test('from overrides to wrappers on PATH', () => {
    const site = everywhere();
    const { env } = site;
    const next = () => findMpi(env).version;

    env['CRAY_MPICH_DIR'] = site.root;
    env['MPICC'] = 'my-mpicc';
    env['MPICOUNT_MPI_CFLAGS'] = `-I${site.root}/override/include`;
    env['MPICOUNT_MPI_LIBS'] = '-lmpi';
    site.mpi('override', '#define MPICH_VERSION "override"');
    site.file('lib/pkgconfig/mpich.pc', '');

    expect(next()).toBe('override');
    delete env['MPICOUNT_MPI_CFLAGS'];
    delete env['MPICOUNT_MPI_LIBS'];
    expect(next()).toBe('mpicc-variable');
    delete env['MPICC'];
    expect(next()).toBe('cray-pc');
    env['CRAY_MPICH_DIR'] = '/elsewhere';
    expect(next()).toBe('cray-cc');
    delete env['CRAY_MPICH_DIR'];
    expect(next()).toBe('mpicc');
    site.program('bin/mpicc', 'exit 1');
    expect(next()).toBe('mpicc.mpich');
    site.program('bin/mpicc.mpich', 'exit 1');
    expect(next()).toBe('pkg-config');
  });

  test('MPICC may be a path with a space in it', () => {
    const site = new Site();
    site.env['MPICC'] = site.wrapper('my mpicc', site.mpi('mpi', MPICH));
    expect(findMpi(site.env)).toMatchObject({ family: 'mpich', source: `MPICC=${site.bin}/my mpicc` });
  });
});

describe('a wrong override is an error even if mpicc on PATH works', () => {
  test.each([
    ['MPICC that is not there', { MPICC: 'no-mpicc' }, /MPICC=no-mpicc does not work: no-mpicc: not found/],
    ['MPICC that fails', { MPICC: 'bad' }, /bad -show: ended with status 3: error: no license/],
    ['MPICC that names no library', { MPICC: 'quiet' }, /no library \(-l\.\.\.\) among: -I\/x/],
    ['MPICC that is a C++ wrapper', { MPICC: 'mpicxx' }, /-lmpi_cxx is MPI's C\+\+ binding.*mpicc/],
    [
      'flags without a library',
      { MPICOUNT_MPI_CFLAGS: '-I/x' },
      /MPICOUNT_MPI_CFLAGS and MPICOUNT_MPI_LIBS.*no library/,
    ],
    ['flags without a header', { MPICOUNT_MPI_LIBS: '-lmpi' }, /mpi\.h/],
    ['empty flags', { MPICOUNT_MPI_CFLAGS: '', MPICOUNT_MPI_LIBS: '' }, /no library/],
  ])('%s', (_name, override, message) => {
    const site = new Site();
    site.wrapper('mpicc', site.mpi('good', OPENMPI));
    site.program('bin/bad', 'echo warning >&2; echo "error: no license" >&2; exit 3');
    site.wrapper('quiet', '-I/x');
    site.wrapper('mpicxx', `${site.mpi('good', OPENMPI)} -lmpi_cxx`);
    expect(() => findMpi({ ...site.env, CPATH: undefined, ...override })).toThrow(message);
  });
});

test('a wrapper that does not work is skipped, and the report says why', () => {
  const site = new Site();
  site.wrapper('mpicc', `-I${site.root}/gone/include -lmpi`);
  site.wrapper('mpicc.mpich', site.mpi('mpich', MPICH));
  const { family, source, wrapper, attempts } = findMpi(site.env);
  expect({ family, source, wrapper }).toEqual({
    family: 'mpich',
    source: 'mpicc.mpich on PATH',
    wrapper: 'mpicc.mpich',
  });
  expect(attempts).toEqual([
    { name: 'mpicc on PATH', reason: expect.stringMatching(/mpi\.h.*(No such file|not found)/) as string },
    { name: 'mpicc.openmpi on PATH', reason: 'mpicc.openmpi: not found' },
  ]);
});

test('when all sources fail, the error lists each with its reason and a remedy', () => {
  const site = new Site();
  site.program('bin/mpicc', 'echo "mpicc: error: module not loaded" >&2; exit 127');
  const { status, stdout, stderr } = command(site, '--cflags');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('mpicc on PATH: mpicc -show: ended with status 127: mpicc: error: module not loaded');
  for (const part of [
    'mpicc.mpich on PATH: mpicc.mpich: not found',
    'pkg-config ompi-c: pkg-config: not found',
    'module load openmpi',
    'apt-get install openmpi-bin libopenmpi-dev',
    'dnf install',
    'brew install',
    'spack install',
    'conda install',
    'MPICC=/path/to/mpicc',
    'MPICOUNT_MPI_LIBS=',
  ]) {
    expect(stderr).toContain(part);
  }
});

describe('family and version are read from mpi.h', () => {
  test.each([
    ['openmpi', '5.0.7', OPENMPI],
    ['mpich', '4.2.1', MPICH],
    ['intelmpi', '2021.13.1', `${MPICH}\n#define I_MPI_VERSION "2021.13.1"`],
    ['mvapich', '2.3.7', `${MPICH}\n#define MVAPICH2_VERSION "2.3.7"`],
    ['mvapich', '3.0', `${MPICH}\n#define MVAPICH_VERSION "3.0"`],
    ['mpi', '3.1', ''],
  ])('%s %s', (family, version, macros) => {
    const site = new Site();
    site.wrapper('mpicc', site.mpi('mpi', macros));
    expect(findMpi(site.env)).toMatchObject({ family, version });
  });
});

describe('the command find-mpi.mjs', () => {
  test('prints flags quoted for a shell, or with --gyp for gyp', () => {
    const site = new Site();
    site.env['MPICC'] = site.program('bin/cc', `echo "gcc ${site.mpi('m', MPICH)} '-DA=\\"x y\\"'"`);
    const words = ['-isystem', `${site.root}/m/include`, '-DA="x y"'];
    expect(splitWords(command(site, '--cflags').stdout)).toEqual(words);
    const once = splitWords(command(site, '--cflags', '--gyp').stdout).join(' ');
    expect(splitWords(once)).toEqual(words);
  });

  test('accepts --explain and --json', () => {
    const site = new Site();
    site.wrapper('mpicc.mpich', site.mpi('m', MPICH));
    const { stdout } = command(site, '--explain');
    expect(stdout).toContain('  mpicc on PATH: mpicc: not found\n');
    expect(stdout).toContain('Uses mpicc.mpich on PATH: mpich 4.2.1\n');
    expect(stdout).toContain(`-L${site.root}/m/lib -lmpi -Wl,-rpath,${site.root}/m/lib`);
    expect(JSON.parse(command(site, '--json').stdout)).toMatchObject({ family: 'mpich', wrapper: 'mpicc.mpich' });
  });

  test.each([[[]], [['--nonsense']], [['--cflags', '--libs']]])('%j is wrong usage', (options) => {
    const { status, stdout, stderr } = command(new Site(), ...options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^usage: .*--cflags/);
  });
});

describe('the launcher of an MPI', () => {
  const hydra = 'echo "HYDRA build details:"';
  const openrte = 'echo "mpirun (Open MPI) 5.0.7"';

  test('is in the folder of the wrapper, with the same suffix', () => {
    const site = new Site();
    const wrapper = site.wrapper('opt/mpicc.mpich', '');
    site.program('bin/mpirun', openrte);
    site.program('bin/opt/mpirun', openrte);
    const launcher = site.program('bin/opt/mpirun.mpich', hydra);
    expect(findLauncher({ family: 'mpich', wrapper }, site.env)).toBe(launcher);
  });

  test('is never that of another MPI', () => {
    const site = new Site();
    site.wrapper('mpicc', '');
    site.program('bin/mpirun', openrte);
    expect(() => findLauncher({ family: 'mpich', wrapper: 'mpicc' }, site.env)).toThrow(
      /mpirun: is another MPI's \(mpirun \(Open MPI\) 5\.0\.7\)/,
    );
    const launcher = site.program('bin/mpiexec', hydra);
    expect(findLauncher({ family: 'mpich', wrapper: 'mpicc' }, site.env)).toBe(launcher);
    expect(findLauncher({ family: 'intelmpi', wrapper: 'mpicc' }, site.env)).toBe(launcher);
  });

  test('is the one that MPIRUN names, or an error', () => {
    const site = new Site();
    site.program('bin/mpirun', openrte);
    site.env['MPIRUN'] = site.program('mine/mpirun', openrte);
    expect(findLauncher({ family: 'openmpi' }, site.env)).toBe(site.env['MPIRUN']);
    site.env['MPIRUN'] = '/no/mpirun';
    expect(() => findLauncher({ family: 'openmpi' }, site.env)).toThrow(/\/no\/mpirun: not found/);
  });
});
