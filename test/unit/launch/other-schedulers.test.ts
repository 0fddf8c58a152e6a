import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { ArgumentsTooLongError } from '../../../src/launch/errors.ts';
import { flux } from '../../../src/launch/flux.ts';
import { lsf, submitToLsf } from '../../../src/launch/lsf.ts';
import { pbs, submitToPbs } from '../../../src/launch/pbs.ts';
import { encodeSubmission, readSubmission, type Submission } from '../../../src/launch/submission.ts';
import { temporaryFolder } from '../../support/job.ts';
import { fakeSystem } from './fake-system.ts';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const nodeFile = join(folder, 'nodes');
writeFileSync(nodeFile, 'n1\nn1\nn2\n');
const submission: Submission = {
  script: '/p/jobs/count.pbs',
  submitter: ['qsub', '-l', 'x'],
  args: ['-e', '\xff\n', ''],
};

/** The submission that a command line of qsub carries. */
function carried(line: string | undefined): Submission | undefined {
  return readSubmission({ MPICOUNT_JOB: /MPICOUNT_JOB=([A-Za-z0-9_-]*),/.exec(line ?? '')?.[1] });
}

describe('a submission', () => {
  test('is decoded as it was encoded', () => {
    const [name = '', value] = encodeSubmission(submission).split('=');
    expect(value).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(readSubmission({ [name]: value })).toEqual(submission);
    expect(readSubmission({})).toBeUndefined();
    for (const text of ['nonsense', 'null', '{}', '{"args":[]}']) {
      expect(readSubmission({ MPICOUNT_JOB: Buffer.from(text).toString('base64url') }), text).toBeUndefined();
    }
  });

  test('is refused when it is longer than a variable can be', () => {
    const args = Array.from({ length: 20_000 }, (_, index) => `file-${index}`);
    expect(() => encodeSubmission({ ...submission, args })).toThrow(ArgumentsTooLongError);
  });
});

describe('a PBS job', () => {
  const environment = { PBS_JOBID: '5.server', PBS_NODEFILE: nodeFile };

  test('has one rank for each line of the node file', () => {
    const scheduler = pbs(fakeSystem({ environment }), submission);
    expect(scheduler).toMatchObject({ ranks: 3, launcher: ['mpirun', '-machinefile', nodeFile], job: '5.server' });
  });

  test('is refused without a node file', () => {
    const system = fakeSystem({ environment: { ...environment, PBS_NODEFILE: '/none' } });
    expect(() => pbs(system, submission)).toThrow(
      'PBS_NODEFILE=/none cannot be read, so the number of ranks is not known',
    );
  });

  test.each([
    ['01:00:10', 10, ['--time-limit', '3600s']],
    ['90', 30, ['--time-limit', '60s']],
    ['00:01:00', 60, undefined],
    ['', 0, undefined],
  ])('with a walltime of %s, after %d seconds, gets the options %s', async (walltime, elapsedSeconds, options) => {
    const answer = `Job Id: 5\n    Resource_List.select = 1\n    Resource_List.walltime = ${walltime}\n`;
    const system = fakeSystem({ environment, elapsedSeconds, answers: { 'qstat -f 5.server': answer } });
    expect((await pbs(system, submission).timeLimit()).options).toEqual(options);
  });

  test('is continued by another job with its log folder and arguments', async () => {
    const system = fakeSystem({ environment: { ...environment, PATH: '/bin' } });
    const scheduler = pbs(
      {
        ...system,
        run: (command) => {
          system.ran.push(command.join(' '));
          return Promise.resolve({ status: 0, output: '6.server\n', errors: 'a notice\n' });
        },
      },
      submission,
    );
    expect(await scheduler.startAgain?.('logs/5.server')).toBe('as job 6.server');
    expect(system.ran[0]).toMatch(
      /^qsub -l x -v MPICOUNT_JOB=[\w-]+,MPICOUNT_HOME,MPICOUNT_LAUNCH,MPICOUNT_MODULES,MPICOUNT_REQUEUES,PATH \/p\/jobs\/count\.pbs$/,
    );
    expect(carried(system.ran[0])).toEqual({ ...submission, series: '5.server', logs: 'logs/5.server' });
  });

  test('keeps the name of its series', () => {
    expect(pbs(fakeSystem({ environment }), { ...submission, series: '4.server' }).series).toBe('4.server');
  });

  test.each([
    ['that is interactive', environment, undefined],
    ['of an array', { ...environment, PBS_ARRAY_INDEX: '2' }, submission],
    ["of Torque's array", { ...environment, PBS_ARRAYID: '2' }, submission],
  ])('%s submits no other job', (_, variables, own) => {
    expect(pbs(fakeSystem({ environment: variables }), own).startAgain).toBeUndefined();
  });

  test('prints the error of qsub', async () => {
    const system = fakeSystem();
    expect(await submitToPbs(system, submission)).toBeUndefined();
    expect(system.said).toEqual(['qsub ended with status 127: no such luck']);
  });
});

describe('an LSF job', () => {
  const environment = { LSB_JOBID: '9', LSB_JOBINDEX: '0', LSB_DJOB_NUMPROC: '6' };

  test('reads its time limit and is requeued', async () => {
    const answers = { 'bjobs -noheader -o time_left 9': '1:30 L\n', 'brequeue 9': 0 };
    const scheduler = lsf(fakeSystem({ environment, answers }));
    expect(scheduler).toMatchObject({ job: '9', ranks: 6 });
    expect(await scheduler.timeLimit()).toEqual({ options: ['--time-limit', '5400s'] });
    expect(await scheduler.startAgain?.('logs')).toBe('when LSF starts the job again');
  });

  test('may have no time limit and may be refused a requeue', async () => {
    const scheduler = lsf(fakeSystem({ environment, answers: { 'bjobs -noheader -o time_left 9': '-\n' } }));
    expect(await scheduler.timeLimit()).toEqual({});
    expect(await scheduler.startAgain?.('logs')).toBeUndefined();
  });

  test('is a single task in an array', () => {
    expect(lsf(fakeSystem({ environment: { ...environment, LSB_JOBINDEX: '4' } })).job).toBe('9[4]');
  });

  test('is submitted through standard input', async () => {
    const system = fakeSystem({ answers: { 'bsub -n 6': 'Job <9> is submitted.\n' } });
    expect(await submitToLsf(system, { ...submission, submitter: ['bsub', '-n', '6'] })).toBe('Job <9> is submitted.');
  });
});

describe('a Flux job', () => {
  const answers = { 'flux getattr jobid': 'f12\n', 'flux resource list -n -o {ncores}': '16\n' };

  test('has a rank for each core, and starts them with flux run', async () => {
    const scheduler = await flux(fakeSystem({ answers: { ...answers, 'flux job timeleft': '3600\n' } }));
    expect(scheduler).toMatchObject({ job: 'f12', ranks: 16, launcher: ['flux', 'run'] });
    expect(scheduler.startAgain).toBeUndefined();
    expect(await scheduler.timeLimit()).toEqual({ options: ['--time-limit', '3600s'] });
  });

  test('may have no time limit', async () => {
    expect(
      await (await flux(fakeSystem({ answers: { ...answers, 'flux job timeleft': 'inf\n' } }))).timeLimit(),
    ).toEqual({});
  });

  test('is required', async () => {
    await expect(flux(fakeSystem())).rejects.toThrow(
      'this is no Flux job; submit it: flux batch -n 4 jobs/count.flux -e love FILE',
    );
  });
});
