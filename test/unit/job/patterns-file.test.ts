import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { ResumeError } from '../../../src/job/journal/errors.ts';
import { areManyPatterns } from '../../../src/job/plan/patterns-file.ts';
import { createPlan, identityOf, readPlan } from '../../../src/job/plan/plan-file.ts';
import { temporaryFolder } from '../../support/job.ts';
import { samplePlan } from '../../support/log-folder.ts';
import { countSpec } from '../../support/spec.ts';

const words = Array.from({ length: 10_001 }, (_, index) => `word${index}`);
const spec = countSpec(words);
const plan = samplePlan({ spec, storesPatterns: true });
const contents = `${words.join('\n')}\n`;
const digest = createHash('sha256').update(contents).digest('hex');
const name = `patterns-${digest.slice(0, 16)}.txt`;

let folder: string;
let path: string;
let remove: () => void;
beforeEach(() => {
  ({ folder, remove } = temporaryFolder());
  path = join(folder, name);
});
afterEach(() => {
  remove();
});
const read = () => readPlan(Buffer.from(folder));

test('more than 10,000 patterns, or a megabyte of them, are stored beside the plan', () => {
  expect(areManyPatterns(spec)).toBe(true);
  expect(areManyPatterns(countSpec(words.slice(1)))).toBe(false);
  expect(areManyPatterns(countSpec([Buffer.alloc(1_000_000, 'x')]))).toBe(false);
  expect(areManyPatterns(countSpec([Buffer.alloc(1_000_001, 'x')]))).toBe(true);
  expect(areManyPatterns({ kind: 'wc', wordRule: 'coreutils 9.4' })).toBe(false);
});

describe('patterns that are stored beside the plan', () => {
  test('are lines of a file that the plan names with its checksum', () => {
    createPlan(Buffer.from(folder), plan);
    expect(readdirSync(folder).sort()).toEqual([name, 'plan.json']);
    expect(readFileSync(path, 'utf8')).toBe(contents);
    const json = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as { plan: { patterns: object } };
    expect(json).toMatchObject({ format: 2, identity: identityOf(plan) });
    expect(json.plan.patterns).toEqual({ file: name, bytes: contents.length, sha256: digest, ids: false });
    expect(json.plan).not.toHaveProperty('ids');
  });

  test('are read with the plan', () => {
    createPlan(Buffer.from(folder), plan);
    expect(read()).toEqual({ plan, level: 'blocks' });
  });

  test('may have IDs', () => {
    const ids = byteStrings(words.map((word) => Buffer.from(`id of ${word}`)));
    const named = samplePlan({ spec: { ...spec, ids }, storesPatterns: true });
    createPlan(Buffer.from(folder), named);
    expect(read()).toEqual({ plan: named, level: 'blocks' });
  });

  test('are removed with the plan', () => {
    const undo = createPlan(Buffer.from(folder), plan);
    undo?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('stay with the plan of another job', () => {
    const undo = createPlan(Buffer.from(folder), plan);
    rmSync(join(folder, 'plan.json'));
    createPlan(Buffer.from(folder), plan);
    undo?.();
    expect(existsSync(path)).toBe(true);
    expect(read()).toEqual({ plan, level: 'blocks' });
  });

  test('make another identity than the same patterns in the plan, which has format 1', () => {
    const inPlan = samplePlan({ spec });
    expect(identityOf(inPlan)).not.toBe(identityOf(plan));
    createPlan(Buffer.from(folder), inPlan);
    expect(readdirSync(folder)).toEqual(['plan.json']);
    expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toContain('"format":1');
    expect(read()).toEqual({ plan: inPlan, level: 'blocks' });
  });
});

describe('a plan is refused', () => {
  const damaged = () => new ResumeError(`${path}: damaged; start anew with another --log-dir`);

  beforeEach(() => {
    createPlan(Buffer.from(folder), plan);
  });

  test('whose patterns are missing', () => {
    rmSync(path);
    expect(read).toThrow(new ResumeError(`${path}: cannot be read, and the plan beside it needs it: no such file`));
  });

  test('whose patterns have grown', () => {
    appendFileSync(path, 'more\n');
    expect(read).toThrow(damaged());
  });

  test('whose patterns have changed', () => {
    writeFileSync(path, contents.replace('word7\n', 'ward7\n'));
    expect(read).toThrow(damaged());
  });

  test('whose patterns are a device', () => {
    rmSync(path);
    symlinkSync('/dev/zero', path);
    expect(read).toThrow(/cannot be read, and the plan beside it needs it: not a plain file$/);
  });

  test.each([
    ['a path', { file: '../patterns.txt' }],
    ['another file', { file: 'patterns-0000000000000000.txt' }],
    ['no checksum', { sha256: undefined }],
    ['a checksum that is none', { sha256: 'x'.repeat(64) }],
    ['no size', { bytes: undefined }],
    ['no word on IDs', { ids: undefined }],
  ])('that names %s', (_name, change) => {
    const file = join(folder, 'plan.json');
    const json = JSON.parse(readFileSync(file, 'utf8')) as { plan: { patterns: object } };
    Object.assign(json.plan.patterns, change);
    writeFileSync(file, JSON.stringify(json));
    expect(read).toThrow(new ResumeError(`${file}: damaged; start anew with another --log-dir`));
  });
});
