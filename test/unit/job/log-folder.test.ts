import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';

import { LogInUseError, ResumeError } from '../../../src/job/journal/errors.ts';
import { makeLogFolder } from '../../../src/job/journal/log-folder.ts';
import { OutputError } from '../../../src/job/durable/output-error.ts';
import { createPlan, readBegunPlan, readPlan } from '../../../src/job/plan/plan-file.ts';
import type { Logging } from '../../../src/job/plan/plan.ts';
import type { PreparedJob } from '../../../src/job/job.ts';
import { prepared } from '../../../bench/scaling/plans.ts';
import { temporaryFolder } from '../../support/job.ts';
import { rankLogPath, samplePlan } from '../../support/log-folder.ts';

// What the system is like: whether it has /proc, and whether a new folder has the mode that was asked for.
// Other test files of this process have loaded the program, and others will.
vi.hoisted(() => vi.resetModules());
afterAll(() => vi.resetModules());
const system = vi.hoisted(() => ({ hasProc: true, newFolderMode: undefined as number | undefined }));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const isProc = (path: unknown) => String(path).startsWith('/proc/self/fd/');
  return {
    ...fs,
    existsSync: (path: string) => (isProc(path) ? system.hasProc : fs.existsSync(path)),
    lstatSync: ((path, options) => {
      const status = fs.lstatSync(path, options);
      const isNew = String(path).includes('.mpicount-') && system.newFolderMode !== undefined;
      return isNew && status ? Object.assign(status, { mode: system.newFolderMode }) : status;
    }) as typeof fs.lstatSync,
  };
});

const plan = samplePlan();
let folder: string;
let logDir: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  logDir = join(folder, 'logs');
  Object.assign(system, { hasProc: true, newFolderMode: undefined });
});
afterEach(() => {
  remove();
});

function preparation(resume: boolean, logging: Partial<Logging> = {}): PreparedJob {
  const { settings, request, ...rest } = prepared({ ...plan, logDir: Buffer.from(logDir) });
  return {
    ...rest,
    settings: { ...settings, logging: { ...settings.logging, ...logging } },
    request: { ...request, resume },
  };
}
const make = (resume = false, logging: Partial<Logging> = {}) => makeLogFolder(preparation(resume, logging), 2);

describe('the creation of a log folder', () => {
  const found = { plan, level: 'blocks' };
  const read = () => readPlan(Buffer.from(logDir));

  test('is undone', () => {
    const undo = make();
    expect(read()).toEqual(found);
    undo?.();
    expect(read()).toBeUndefined();
    expect(make()).toBeDefined();
  });

  test('is not undone when a rank of another job has written to its log', () => {
    const undo = make();
    appendFileSync(rankLogPath(logDir, 7), 'x\n');
    undo?.();
    expect(read()).toEqual(found);
  });

  test('is undone despite old logs without a plan', () => {
    appendFileSync(rankLogPath(logDir, 0), 'x\n');
    make()?.();
    expect(read()).toBeUndefined();
  });

  test('is not undone when the folder has the plan of another job', () => {
    const undo = make();
    rmSync(join(logDir, 'plan.json'));
    createPlan(Buffer.from(logDir), plan);
    undo?.();
    expect(read()).toEqual(found);
  });

  test('by another job is accepted with --resume and refused without', () => {
    make();
    expect(make(true)).toBeUndefined();
    expect(() => make(false)).toThrow(LogInUseError);
  });
});

describe('an empty plan', () => {
  test('is waited for while another job writes it', async () => {
    mkdirSync(logDir);
    const path = join(logDir, 'plan.json');
    writeFileSync(path, '');
    const reading = readBegunPlan(Buffer.from(logDir));
    rmSync(path);
    createPlan(Buffer.from(logDir), plan);
    expect(await reading).toEqual({ plan, level: 'blocks' });
  });

  test('counts as damaged when it stays empty', async () => {
    mkdirSync(logDir);
    writeFileSync(join(logDir, 'plan.json'), '');
    vi.useFakeTimers();
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const settled = vi.fn();
    const reading = readBegunPlan(Buffer.from(logDir)).catch((error: unknown) => {
      settled();
      throw error;
    });
    const refused = Promise.all([
      expect(reading).rejects.toThrow(ResumeError),
      expect(reading).rejects.toThrow(`${logDir}/plan.json: damaged; start anew with another --log-dir`),
    ]);
    await vi.advanceTimersByTimeAsync(1999);
    expect(settled).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    await refused;
  });
});

describe('a folder that all users can write to', () => {
  const refused = 'all users can write to it; give another --log-dir, or add --log-shared if that is meant';
  beforeEach(() => {
    mkdirSync(join(logDir, 'ranks'), { recursive: true });
  });

  test.each(['.', 'ranks'])('is refused: %s', (name) => {
    chmodSync(join(logDir, name), 0o777);
    const path = name === '.' ? logDir : join(logDir, name);
    expect(() => make()).toThrow(new OutputError(path, new Error(refused)));
    expect(() => make()).toThrow(OutputError);
    expect(readdirSync(logDir)).toEqual(['ranks']); // neither a plan nor what was made to find out
    expect(make(false, { shared: true })).toBeDefined();
  });

  test('is accepted on a file system without modes', () => {
    chmodSync(logDir, 0o777);
    system.newFolderMode = 0o40777;
    expect(make()).toBeDefined();
  });
});

describe.each([true, false])('a rank log (with /proc: %s)', (hasProc) => {
  test('is refused if it is a link, a socket, or below a link', async () => {
    system.hasProc = hasProc;
    vi.resetModules(); // what is known of /proc is kept
    const { openRankLog } = await import('../../../src/job/journal/rank-log.ts');
    const open = () => openRankLog(Buffer.from(logDir), 0, 'identity', { level: 'blocks', syncSeconds: 10 });
    const path = rankLogPath(logDir, 0);
    symlinkSync('/dev/null', path);
    expect(open).toThrow(`cannot write ${path}: it is a symbolic link; remove it, or give another --log-dir`);
    rmSync(path);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(open).toThrow(`cannot write ${path}: it is a socket; remove it, or give another --log-dir`);
    await new Promise((resolve) => server.close(resolve));
    expect(existsSync(path)).toBe(false);
    rmSync(join(logDir, 'ranks/000'), { recursive: true });
    symlinkSync(folder, join(logDir, 'ranks/000'));
    expect(open).toThrow(
      `cannot write ${logDir}/ranks/000: it is a symbolic link; remove it, or give another --log-dir`,
    );
  });
});
