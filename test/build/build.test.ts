import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, test } from 'vitest';

import { addonRoots, packageRoot, packageVersion } from '../../src/base/package.ts';
import { launcherOf, mpis, ownLines, run, temporaryFolder } from '../support/job.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);
chmodSync(folder, 0o755); // also for the user who may not write

const timeoutSeconds = 60;
const nobody = 65534;
const fakeNodeGyp = fileURLToPath(new URL('fake-node-gyp.cjs', import.meta.url));
const text = join(folder, 'text');
writeFileSync(text, 'love lovely\nhate\n');

let packages = 0;

/** An installed package whose install script never ran, in a project with a name that is no plain word. */
class Installed {
  readonly project: string = realpathSync(mkdirOf(join(folder, `it's "$${(packages += 1)}`)));
  readonly root: string = join(this.project, 'node_modules', 'mpicount');
  readonly data: string = join(this.project, 'data');
  readonly program: string = join(this.root, 'dist', 'mpicount.cjs');
  readonly environment: Record<string, string> = {
    MPICC: 'mpicc.openmpi',
    XDG_DATA_HOME: this.data,
    npm_config_node_gyp: fakeNodeGyp,
    npm_config_nodedir: '',
    REAL: packageRoot,
  };

  constructor() {
    for (const part of ['package.json', 'binding.gyp', 'native', 'dist']) {
      cpSync(join(packageRoot, part), join(this.root, part), { recursive: true });
    }
    // As npm does it: beside the package.
    const api = 'node_modules/node-addon-api';
    cpSync(join(packageRoot, api), join(this.project, api), { recursive: true });
  }

  /** The folder of the user's. */
  get own(): string {
    return join(this.data, relative(dirname(dirname(addonRoots()[1]!)), addonRoots()[1]!));
  }

  /** Runs the program, as somebody who may write only in the data folder when `readOnly`. */
  run(args: string[], { readOnly = false, node = process.execPath } = {}) {
    const asNobody = readOnly && process.getuid?.() === 0;
    mkdirSync(this.data, { recursive: true });
    if (asNobody) chmodSync(this.data, 0o777);
    if (readOnly) chmodSync(this.root, 0o555);
    const environment = { ...process.env, ...this.environment };
    const { status, stdout, stderr } = spawnSync(node, [this.program, ...args], {
      env: environment,
      encoding: 'utf8',
      timeout: timeoutSeconds * 1000,
      ...(asNobody && { uid: nobody, gid: nobody }),
    });
    chmodSync(this.root, 0o755);
    return { status, stdout, stderr };
  }

  /** Types a command that a message names. */
  shell(command: string) {
    const environment = { ...process.env, ...this.environment };
    return spawnSync('sh', ['-c', command], { env: environment, encoding: 'utf8', timeout: timeoutSeconds * 1000 });
  }

  /** The totals by mpirun with 2 ranks. */
  async count(mpi: (typeof mpis)[number]) {
    const command = [
      launcherOf(mpi),
      '-np',
      '2',
      process.execPath,
      this.program,
      'count',
      '-e',
      'love',
      '-e',
      'hate',
      text,
    ];
    const { XDG_DATA_HOME = '' } = this.environment;
    const outcome = await run(command, { timeoutSeconds, environment: { XDG_DATA_HOME } });
    return { status: outcome.status, stdout: outcome.stdout.toString(), lines: ownLines(outcome) };
  }
}

function mkdirOf(path: string): string {
  mkdirSync(path);
  return path;
}

const counted = { status: 0, stdout: '2\tlove\n1\thate\n', lines: [] };

describe('mpicount build in an installed package', () => {
  test('is the command that messages name; it builds both addons, then one for a second MPI', async () => {
    const installed = new Installed();
    const remedyOf = async (mpi: (typeof mpis)[number]) => {
      const { status, stdout, lines } = await installed.count(mpi);
      expect({ status, stdout, lines: lines.length }).toEqual({ status: 4, stdout: '', lines: 1 });
      return /: (the MPI addon is not built; build it|.*, or build for this one) with: (.*)$/.exec(lines[0]!)?.[2];
    };
    const remedy = await remedyOf('openmpi');
    expect(remedy).toBe(`node '${installed.program.replaceAll("'", `'\\''`)}' build`);
    expect(installed.shell(remedy!)).toMatchObject({ status: 0, stdout: '' });
    expect(await installed.count('openmpi')).toEqual(counted);

    const remedyForMpich = await remedyOf('mpich');
    expect(remedyForMpich).toBe(`${remedy} MPICC`);
    const { status, stderr } = installed.shell(remedyForMpich!.replace('MPICC', 'mpicc.mpich'));
    expect({ status, last: stderr.trimEnd().split('\n').at(-1) }).toEqual({
      status: 0,
      last: `Built ${join(installed.root, 'build-mpi', 'mpich', 'mpi.node')}`,
    });
    expect(await installed.count('mpich')).toEqual(counted);
    expect(await installed.count('openmpi')).toEqual(counted);
    expect(existsSync(installed.own)).toBe(false);
  });

  test("builds in the user's folder when the package cannot be written to", async () => {
    const installed = new Installed();
    expect(installed.run(['build'], { readOnly: true })).toMatchObject({ status: 0 });
    expect(installed.run(['build', 'mpicc.mpich', 'mpich-4'], { readOnly: true })).toMatchObject({ status: 0 });
    expect(existsSync(join(installed.root, 'build'))).toBe(false);
    expect(existsSync(join(installed.own, 'build', 'Release', 'openmpi', 'mpi.node'))).toBe(true);
    expect(existsSync(join(installed.own, 'build-mpi', 'mpich-4', 'mpi.node'))).toBe(true);
    for (const mpi of mpis) expect(await installed.count(mpi)).toEqual(counted);
    expect(installed.run(['doctor']).stdout).toMatch(/^MPI builds +openmpi, mpich-4$/m);
  });

  test('builds for the given MPI when nothing is built', async () => {
    const installed = new Installed();
    delete installed.environment['MPICC'];
    expect(installed.run(['build', 'mpicc.mpich'])).toMatchObject({ status: 0 });
    expect(existsSync(join(installed.root, 'build', 'Release', 'mpich', 'mpi.node'))).toBe(true);
    expect(existsSync(join(installed.root, 'build-mpi'))).toBe(false);
    expect(await installed.count('mpich')).toEqual(counted);
  });

  test('rebuilds all addons after an upgrade and reports failures', () => {
    const installed = new Installed();
    installed.run(['build']);
    installed.run(['build', 'mpicc.mpich']);
    installed.run(['build', 'mpicc.mpich', 'mpich-4']);
    const versionOf = (name: string) => {
      const file = join(installed.root, name, 'fingerprint.json');
      return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
    };
    const names = ['build', 'build-mpi/mpich', 'build-mpi/mpich-4'];
    expect(names.map(versionOf)).toEqual([packageVersion, packageVersion, packageVersion]);

    const script = join(installed.root, 'native', 'build', 'build.mjs');
    const environment = { ...process.env, ...installed.environment };
    const builder = (...args: string[]) =>
      spawnSync(process.execPath, [script, ...args], { env: environment, encoding: 'utf8' });
    expect(builder('--check').status).toBe(0);

    const manifest = join(installed.root, 'package.json');
    const record = join(installed.root, 'build-mpi', 'mpich-4', 'fingerprint.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(`"${packageVersion}"`, '"99.0.0"'));
    writeFileSync(record, readFileSync(record, 'utf8').replace(/"mpicc": ".*"/, '"mpicc": "/gone/mpicc"'));
    expect(builder('--check').status).toBe(3);
    const { status, stderr } = builder('--if-stale');
    expect(status).toBe(0);
    expect(names.map(versionOf)).toEqual(['99.0.0', '99.0.0', packageVersion]);
    expect(stderr).toContain(
      'build-mpi/mpich-4 is of an older version and was not built again: MPI: MPICC=/gone/mpicc',
    );
  });

  test.each([
    [
      ['a', 'b', 'c'],
      'mpicount: build takes at most MPICC, the C compiler wrapper of an MPI, and a NAME; see: mpicount --help\n',
    ],
    [['--all'], 'mpicount: unknown option --all; see: mpicount --help\n'],
    [['mpicc.mpich', 'mine'], 'mine: the name must begin with "mpich", for example mpich-4.'],
    [['mpicc.mpich', 'mpich/../..'], 'mpich/../..: the name must begin with "mpich", for example mpich-4.'],
  ])('refuses %j', (args, message) => {
    const { status, stdout, stderr } = new Installed().run(['build', ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.startsWith(message)).toBe(true);
  });

  test('ends with 4 when the MPI does not exist', () => {
    const { status, stderr } = new Installed().run(['build', '/gone/mpicc']);
    expect(status).toBe(4);
    expect(stderr).toMatch(
      /^mpicount: the native addons were not built\.\nMPI: MPICC=\/gone\/mpicc does not work: \/gone\/mpicc: not found\n/,
    );
  });

  test('prints help', () => {
    expect(new Installed().run(['build', '--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('mpicount build [MPICC [NAME]]') as string,
    });
  });
});

describe('missing headers of Node are reported', () => {
  test('when they are not beside Node and cannot be downloaded', () => {
    const installed = new Installed();
    installed.environment['FAKE_OFFLINE'] = 'yes';
    const node = join(mkdirOf(join(installed.project, 'bin')), 'node');
    hardLinkOrCopy(process.execPath, node);
    const { status, stderr } = installed.run(['build'], { node });
    expect(status).toBe(4);
    const says = stderr.slice(stderr.indexOf('mpicount: the native addons'));
    expect(says).toBe(
      'mpicount: the native addons were not built.\n' +
        `Node's headers (node_api.h) are not beside ${node} and could not be downloaded (node-gyp ended with status 1).\n` +
        'Set npm_config_nodedir=/path/to/node, a folder with include/node/node_api.h in it and of the version ' +
        `${process.version}: a Node from nodejs.org, conda or Spack has them; Debian and Ubuntu: sudo apt-get install libnode-dev.\n`,
    );
    installed.environment['npm_config_nodedir'] = dirname(dirname(realpathSync(process.execPath)));
    expect(installed.run(['build'], { node })).toMatchObject({ status: 0 });
  });

  test('when npm_config_nodedir is wrong', () => {
    const installed = new Installed();
    installed.environment['npm_config_nodedir'] = '/gone';
    const { status, stderr } = installed.run(['build']);
    expect(status).toBe(4);
    expect(stderr).toContain(
      'npm_config_nodedir=/gone: there is no include/node/node_api.h in it. Correct it, or unset it.\n',
    );
  });
});

function hardLinkOrCopy(from: string, to: string): void {
  try {
    linkSync(realpathSync(from), to);
  } catch {
    copyFileSync(from, to); // on another file system
  }
}
