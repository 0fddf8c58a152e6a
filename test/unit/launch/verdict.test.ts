import { describe, expect, test } from 'vitest';

import { judge, type Evidence } from '../../../src/launch/verdict.ts';

const left = 'and the program left neither totals nor an exit status';
const evidence: Evidence = {
  launcher: 'mpirun',
  ending: { code: 0 },
  signalled: false,
  outcome: undefined,
  ended: false,
  resumable: true,
  hasJournal: () => false,
  nodeIsGone: () => Promise.resolve(false),
  hasProgressed: () => Promise.resolve(false),
};
const noQuestion = () => Promise.reject(new Error('asked'));
const certain = { nodeIsGone: noQuestion, hasProgressed: noQuestion };
const journal = { ...certain, hasJournal: () => true };
const totals = { status: 0, output: Buffer.from('3\tlove\n') };
const outcome = (status: number) => ({ status, output: Buffer.of() });

describe("the program's outcome takes precedence over the launcher's status:", () => {
  test.each([0, 1, 9, 15, 85, 143, 213, 255])('totals, and a launcher that ended with %d', async (code) => {
    const verdict = await judge({ ...evidence, ...certain, ending: { code }, outcome: totals });
    expect(verdict).toEqual({ status: 0, output: totals.output, startsAgain: false });
  });

  test.each([6, 9, 213])('totals without skipped files, and a launcher that ended with %d', async (code) => {
    const skipped = { ...totals, status: 6 };
    const verdict = await judge({ ...evidence, ...certain, ending: { code }, outcome: skipped });
    expect(verdict).toEqual({ ...skipped, startsAgain: false });
  });

  test.each([2, 3, 4, 5, 70])('status %d, and launchers that ended with 0 or 9, or were killed', async (status) => {
    for (const ending of [{ code: 0 }, { code: 9 }, { signal: 'SIGKILL' }]) {
      const verdict = await judge({ ...evidence, ...certain, ending, outcome: outcome(status), signalled: true });
      expect(verdict).toEqual({ status, startsAgain: false });
    }
  });

  test('a stopped job restarts unless it was ended', async () => {
    const stopped = { ...evidence, ...certain, outcome: outcome(85) };
    expect(await judge(stopped)).toEqual({ status: 85, startsAgain: true });
    expect(await judge({ ...stopped, ended: true })).toEqual({ status: 85, startsAgain: false });
  });
});

describe('without an outcome', () => {
  test.each([0, 1, 9, 15, 139, 213, 255])('a launcher that ended with %d has failed: status 4', async (code) => {
    expect(await judge({ ...evidence, ending: { code } })).toEqual({
      status: 4,
      message: `mpirun ended with status ${code}, ${left}; see what it says above`,
      startsAgain: false,
    });
  });

  test('a launcher that was killed has failed', async () => {
    expect((await judge({ ...evidence, ending: { signal: 'SIGSEGV' } })).message).toBe(
      `mpirun was killed by SIGSEGV, ${left}; see what it says above`,
    );
  });

  test('status 5 of the launcher means that a log folder is not writable', async () => {
    expect(await judge({ ...evidence, ...certain, ending: { code: 5 } })).toEqual({
      status: 5,
      message: `mpirun ended with status 5, ${left}`,
      startsAgain: false,
    });
  });

  test.each([0, 1, 2, 137, 255])('a launcher that was signalled, and ended with %d, was stopped', async (code) => {
    const signalled = { ...evidence, ...certain, ending: { code }, signalled: true };
    expect(await judge(signalled)).toEqual({ status: 85, startsAgain: true });
    expect(await judge({ ...signalled, ...journal, ended: true })).toEqual({ status: 85, startsAgain: false });
  });

  test.each([0, 1, 129, 143, 255])('a job that was ended, with %d, was stopped if it has a journal', async (code) => {
    const ended = { ...evidence, ...certain, ending: { code }, ended: true };
    expect(await judge({ ...ended, ...journal })).toEqual({ status: 85, startsAgain: false });
    expect(await judge(ended)).toEqual({
      status: 4,
      message: `mpirun ended with status ${code}, ${left}, nor a journal to resume from`,
      startsAgain: false,
    });
  });

  test('a job that was ended and cannot be resumed has failed', async () => {
    const ended = { ...evidence, ...journal, ended: true, resumable: false };
    const message = `mpirun ended with status 0, ${left}`;
    expect(await judge(ended)).toEqual({ status: 4, message, startsAgain: false });
  });

  test.each([
    [{ signal: 'SIGHUP' }, 'was killed by SIGHUP'],
    [{ signal: 'SIGTERM' }, 'was killed by SIGTERM'],
    [{ signal: 'SIGINT' }, 'was killed by SIGINT'],
    [{ signal: 'SIGUSR2' }, 'was killed by SIGUSR2'],
    [{ code: 129 }, 'ended with status 129'],
    [{ code: 130 }, 'ended with status 130'],
    [{ code: 140 }, 'ended with status 140'],
    [{ code: 143 }, 'ended with status 143'],
  ])('a launcher that died of a stop signal, %j, was stopped if it has a journal', async (ending, how) => {
    for (const signalled of [true, false]) {
      const died = { ...evidence, ending, signalled };
      expect(await judge({ ...died, ...journal })).toEqual({ status: 85, startsAgain: true });
      expect(await judge({ ...died, ...journal, ended: true })).toEqual({ status: 85, startsAgain: false });
      const failed = { status: 4, message: `mpirun ${how}, ${left}; see what it says above`, startsAgain: false };
      expect(await judge(died)).toEqual(failed);
      expect(await judge({ ...died, hasJournal: () => true, resumable: false })).toEqual(failed);
    }
  });

  test('a job that lost a node restarts, even if it cannot be resumed', async () => {
    const lost = { ...evidence, ending: { code: 137 }, nodeIsGone: () => Promise.resolve(true) };
    const message = 'a node of the job does not answer';
    expect(await judge(lost)).toEqual({ status: 85, message, startsAgain: true });
    expect(await judge({ ...lost, resumable: false })).toEqual({ status: 4, message, startsAgain: true });
  });

  test.each([
    [0, true],
    [1, true],
    [213, true],
    [9, false],
    [137, false],
    [139, false],
  ])('after progress, a job whose launcher ended with %d restarts: %s', async (code, again) => {
    const progressed = { ...evidence, ending: { code }, hasProgressed: () => Promise.resolve(true) };
    expect(await judge(progressed)).toMatchObject({ status: again ? 85 : 4, startsAgain: again });
    expect(await judge({ ...progressed, resumable: false })).toMatchObject({ status: 4, startsAgain: false });
  });
});
