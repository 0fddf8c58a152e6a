import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { createPlan } from '../../../src/job/plan/plan-file.ts';
import { decodeArguments } from '../../../src/launch/argument-code.ts';
import { ArgumentsTooLongError } from '../../../src/launch/errors.ts';
import { launch } from '../../../src/launch/launch.ts';
import { noScheduler } from '../../../src/launch/no-scheduler.ts';
import { writeOutcome } from '../../../src/launch/outcome.ts';
import { nothingKnown, type Scheduler } from '../../../src/launch/scheduler.ts';
import type { Task } from '../../../src/launch/start.ts';
import type { Requests } from '../../../src/launch/supervise.ts';
import { LaunchError } from '../../../src/mpi/errors.ts';
import { temporaryFolder } from '../../support/job.ts';
import { samplePlan } from '../../support/log-folder.ts';
import { FakeChild, fakeSystem, type FakeOptions } from './fake-system.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

let jobs = 0;
let logs = '';
beforeEach(() => {
  logs = join(folder, 'logs', String(jobs++));
});

const requests: Requests = { stop: false, end: false, passOn: false };
const openMpi = { 'mpirun --version': 'mpirun (Open MPI) 4.1.4\n' };

function task(more: Partial<Task> = {}): Task {
  return {
    program: ['node', 'mpicount.cjs'],
    command: 'count',
    args: ['-e', 'love', 'FILE'],
    logDir: { path: logs, isGiven: false },
    access: {},
    resumable: true,
    handover: (file) => ['--outcome', file],
    inFile: (file) => ['--arguments', file],
    isOwnOption: (argument) => ['-e', '--outcome', '--log-dir', '--resume', '--threads'].includes(argument),
    ...more,
  };
}

function scheduler(more: Partial<Scheduler> = {}): Scheduler {
  return {
    ...nothingKnown,
    name: 'FAKE',
    job: '7',
    series: '7',
    ranks: 3,
    launcher: ['mpirun'],
    startAgain: () => Promise.resolve('soon'),
    resumeCommand: 'submit count',
    ...more,
  };
}

/** What a launcher does whose program leaves an outcome and then ends. */
function leaves(status: number, output = '', code = status): NonNullable<FakeOptions['onStart']> {
  return (child, command) => {
    const args = decodeArguments(command.slice(command.indexOf('mpicount.cjs') + 1));
    writeOutcome(Buffer.from(args[1] ?? '', 'latin1'), { status, output: Buffer.from(output) });
    child.end({ code });
  };
}
const endsWith = (code: number) => (child: FakeChild) => {
  child.end({ code });
};

describe('launch()', () => {
  test("starts the scheduler's number of ranks and returns the totals of the outcome file", async () => {
    const system = fakeSystem({
      answers: openMpi,
      onStart: leaves(0, '3\tlove\n', 213),
      environment: { A: 'b', NODE_EXTRA_CA_CERTS: 'x' },
    });
    const own = scheduler({ options: ['--threads', '2'], settings: { A: 'c', D: 'e' } });
    const launched = await launch(system, own, task(), requests);
    expect(launched).toEqual({ status: 0, output: Buffer.from('3\tlove\n'), logs });
    const [{ command, environment }] = system.started as [(typeof system.started)[0]];
    expect(command.slice(0, 6)).toEqual(['mpirun', '-n', '3', 'node', 'mpicount.cjs', '--outcome']);
    expect(command.slice(7)).toEqual(['count', '--log-dir', logs, '--resume', '--threads', '2', '-e', 'love', 'FILE']);
    expect(environment).toMatchObject({ A: 'b', D: 'e', NODE_EXTRA_CA_CERTS: undefined });
    expect(system.said).toEqual([]);
  });

  test('starts the ranks with MPICOUNT_LAUNCH', async () => {
    const environment = { MPICOUNT_LAUNCH: ' srun  --mpi=pmix ' };
    const system = fakeSystem({ environment, onStart: leaves(0) });
    await launch(system, scheduler(), task(), requests);
    expect(system.started[0]?.command.slice(0, 4)).toEqual(['srun', '--mpi=pmix', '-n', '3']);
  });

  test('encodes arguments that a launcher could interpret', async () => {
    const system = fakeSystem({ onStart: leaves(0) });
    const args = ['-e', ':', './deploy.sh', '--mca', ''];
    await launch(system, scheduler(), task({ args }), requests);
    const command = system.started[0]?.command.slice(5) ?? [];
    expect(command[0]).toBe('--encoded');
    expect(command.slice(-5)).toEqual(['-e', '%3A', './deploy.sh', '%2D-mca', '%']);
    expect(decodeArguments(command).slice(-5)).toEqual(args);
  });

  test('leaves nothing behind after a failed start', async () => {
    const system = fakeSystem({ onStart: leaves(3, '', 0) });
    expect(await launch(system, scheduler(), task(), requests)).toMatchObject({ status: 3, output: Buffer.of() });
    expect(existsSync(join(folder, 'logs'))).toBe(false);
  });

  test.each([
    [undefined, 0o775, undefined],
    [0o600, 0o700, 0o600],
    [0o664, 0o775, 0o664],
  ])(
    'the log folder and what is in it can be used by those whom --log-mode names: %o',
    async (mode, folders, files) => {
      const before = process.umask(0);
      try {
        await launch(fakeSystem({ onStart: leaves(85) }), scheduler(), task({ access: { mode } }), requests);
      } finally {
        process.umask(before);
      }
      expect(statSync(logs).mode & 0o777).toBe(folders);
      expect(statSync(join(logs, 'starts.json')).mode & 0o777).toBe(files ?? 0o664);
    },
  );

  test('keeps files of others in the log folder', async () => {
    mkdirSync(logs, { recursive: true });
    writeFileSync(join(logs, 'plan.json'), '{}');
    await launch(
      fakeSystem({ onStart: leaves(2) }),
      scheduler(),
      task({ logDir: { path: logs, isGiven: true } }),
      requests,
    );
    expect(readdirSync(logs)).toEqual(['plan.json']);
  });

  test("returns status 4 when the launcher fails, and prints the launcher's status", async () => {
    const system = fakeSystem({ onStart: endsWith(213) });
    expect(await launch(system, scheduler(), task(), requests)).toMatchObject({ status: 4 });
    expect(system.said).toEqual([
      'mpirun ended with status 213, and the program left neither totals nor an exit status; see what it says above',
    ]);
  });

  test('ignores an incomplete outcome file', async () => {
    const system = fakeSystem({
      onStart: (child, command) => {
        writeFileSync(command[6] ?? '', '{"status":0,"bytes":9,"crc":0}\n3\tlo');
        child.end({ code: 0 });
      },
    });
    expect(await launch(system, scheduler(), task(), requests)).toMatchObject({ status: 4, output: Buffer.of() });
  });

  test.each([
    ['ENOENT', LaunchError, 'no mpirun on node1; set MPICOUNT_LAUNCH to what starts MPI programs here'],
    ['EACCES', LaunchError, 'mpirun cannot be started on node1: spawn EACCES'],
    [
      'E2BIG',
      ArgumentsTooLongError,
      'the arguments are too long to be passed on; give patterns in a file, with -f, and file names in a list, with --files-from',
    ],
  ])('reports a launcher that does not start: %s', async (code, kind, message) => {
    const onStart = (child: FakeChild) => {
      child.end({ startError: Object.assign(new Error(`spawn ${code}`), { code }) });
    };
    const launched = launch(fakeSystem({ onStart }), scheduler(), task(), requests);
    await expect(launched).rejects.toThrow(kind);
    await expect(launched).rejects.toThrow(message);
    expect(existsSync(logs)).toBe(false);
  });

  test('restarts a stopped job, at most twice without progress', async () => {
    const [first, second, third] = await Promise.resolve([0, 1, 2].map(() => fakeSystem({ onStart: leaves(85) })));
    const keep = task({ args: ['-e', "it's"] });
    mkdirSync(logs, { recursive: true });
    for (const system of [first, second, third]) {
      expect(await launch(system!, scheduler(), keep, requests)).toMatchObject({ status: 85 });
    }
    expect(first?.said).toEqual(['goes on soon (1 of at most 100 times)']);
    expect(second?.said).toEqual(['goes on soon (2 of at most 100 times)']);
    expect(third?.said).toEqual([
      `not requeued, because 3 starts in a row have counted no block; to go on: submit count --log-dir ${logs} -e 'it'\\''s'`,
    ]);
    expect(JSON.parse(readFileSync(join(logs, 'starts.json'), 'utf8'))).toEqual({
      series: '7',
      again: 2,
      fruitless: 2,
    });
  });

  test('prints the command that resumes a job if the scheduler does not restart it', async () => {
    const system = fakeSystem({ onStart: leaves(85) });
    await launch(system, scheduler({ startAgain: () => Promise.resolve(undefined) }), task(), requests);
    expect(system.said).toEqual([
      `not requeued, because FAKE does not allow it; to go on: submit count --log-dir ${logs} -e love FILE`,
    ]);
  });

  test('prints the command that resumes a job that was ended', async () => {
    const system = fakeSystem({ onStart: leaves(85) });
    await launch(system, scheduler(), task({ logDir: { path: logs, isGiven: true } }), { ...requests, end: true });
    expect(system.said).toEqual([
      'ended by FAKE; to go on, if it does not start the job again: submit count -e love FILE',
    ]);
  });

  test.each([
    [{ signal: 'SIGHUP' }, true],
    [{ code: 129 }, true],
    [{ signal: 'SIGHUP' }, false],
    [{ code: 129 }, false],
  ])('a launcher that died of SIGHUP, %j, is resumed if ranks have written a journal: %s', async (ending, isBegun) => {
    const onStart = (child: FakeChild) => {
      if (isBegun) createPlan(Buffer.from(logs), samplePlan());
      child.end(ending);
    };
    const system = fakeSystem({ onStart });
    const how = 'signal' in ending ? 'was killed by SIGHUP' : 'ended with status 129';
    const left = 'and the program left neither totals nor an exit status';
    const launched = await launch(system, noScheduler('7', 3), task(), { ...requests, end: true });
    expect(launched).toEqual({ status: isBegun ? 85 : 4, output: Buffer.of(), logs });
    expect(system.said.slice(2)).toEqual([
      isBegun
        ? `to go on: npm start -- --resume --log-dir ${logs} -e love FILE`
        : `mpirun ${how}, ${left}, nor a journal to resume from`,
    ]);
  });

  test.each([
    [
      'damaged',
      () => {
        writeFileSync(join(logs, 'plan.json'), '{');
      },
    ],
    ['a summary', () => createPlan(Buffer.from(logs), samplePlan(), 'summary')],
  ])('a job that was ended is not resumed if its plan is %s', async (_, leave) => {
    const onStart = (child: FakeChild) => {
      leave();
      child.end({ signal: 'SIGHUP' });
    };
    const system = fakeSystem({ onStart });
    expect(await launch(system, scheduler(), task(), { ...requests, end: true })).toMatchObject({ status: 4 });
    expect(system.said).toHaveLength(1);
  });

  test.each([
    [{ stop: true }, { code: 143 }, 'ended with status 143', '; see what it says above'],
    [{ end: true }, { signal: 'SIGHUP' }, 'was killed by SIGHUP', ''],
  ])('gives no advice to resume a count that cannot be resumed: %j', async (request, ending, how, rest) => {
    const onStart = (child: FakeChild) => {
      createPlan(Buffer.from(logs), samplePlan(), 'summary');
      child.end(ending);
    };
    const system = fakeSystem({ onStart });
    const launched = await launch(system, scheduler(), task({ resumable: false }), { ...requests, ...request });
    expect(launched).toMatchObject({ status: 4, output: Buffer.of() });
    expect(system.said).toEqual([`mpirun ${how}, and the program left neither totals nor an exit status${rest}`]);
  });

  test('names the command that resumes what no job script of the scheduler runs', async () => {
    const wc = { command: 'wc', args: ['FILE'], resumeCommand: 'mpicount launch --scheduler fake -- wc' };
    const system = fakeSystem({ onStart: leaves(85, '', 0) });
    await launch(system, scheduler({ startAgain: () => Promise.resolve(undefined) }), task(wc), requests);
    expect(system.said).toEqual([
      `not requeued, because FAKE does not allow it; to go on: mpicount launch --scheduler fake -- wc --log-dir ${logs} FILE`,
    ]);
  });

  test('starts a count that cannot be resumed in a new folder', async () => {
    mkdirSync(logs, { recursive: true });
    const system = fakeSystem({ onStart: leaves(0) });
    const launched = await launch(system, scheduler(), task({ resumable: false }), requests);
    expect(launched.logs).toBe(`${logs}-1`);
    expect(system.started[0]?.command.slice(7)).toEqual(['count', '--log-dir', `${logs}-1`, '-e', 'love', 'FILE']);
  });
});

describe('launch() on this machine', () => {
  const local = noScheduler('local-1', 2);

  test('prints the command that runs, without internal words', async () => {
    const system = fakeSystem({
      answers: openMpi,
      onStart: leaves(0),
      cores: 1,
      isRoot: true,
      environment: { OMPI_MCA_rmaps_base_oversubscribe: '1' },
    });
    await launch(system, local, task(), requests);
    expect(system.said).toEqual([
      'running: env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_hwloc_base_binding_policy=none ' +
        'OMPI_MCA_mpi_yield_when_idle=1 ' +
        `mpirun -n 2 node mpicount.cjs count --log-dir ${logs} -e love FILE`,
      `rank logs: ${logs}/ranks`,
    ]);
  });

  test('sets the variables of Open MPI 5', async () => {
    const answers = { 'mpirun --version': 'mpirun (Open MPI) 5.0.7\n' };
    const system = fakeSystem({ answers, onStart: leaves(0), cores: 1 });
    await launch(system, local, task(), requests);
    expect(system.started[0]?.environment).toMatchObject({
      PRTE_MCA_hwloc_default_binding_policy: 'none',
      PRTE_MCA_rmaps_default_mapping_policy: ':oversubscribe',
    });
  });
});
