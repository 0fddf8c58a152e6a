import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { afterAll, describe, expect, test } from 'vitest';

import { packageRoot } from '../../src/base/package.ts';
import { mpis, program, readLog, run, runJob, temporaryFolder } from '../support/job.ts';

// docs/log-format.md names every field of what jobs write, so that programs of others can read it.

const { folder, remove } = temporaryFolder();
const timeoutSeconds = 60;
const page = readFileSync(join(packageRoot, 'docs', 'log-format.md'), 'utf8');
const text = join(folder, 'text.txt');
const packed = join(folder, 'packed.gz');
writeFileSync(text, 'love {"text": "love"}\n'.repeat(50));
writeFileSync(packed, gzipSync('more love\n'));

afterAll(remove);

/** Returns what the page says below a heading. */
function section(heading: string): string {
  const [, after] = page.split(`\n## ${heading}`);
  expect(after, `docs/log-format.md has a section '${heading}'`).toBeDefined();
  return after?.split('\n## ')[0] ?? '';
}

/** Returns the line of a table whose first cell is `name`. */
function lineOf(name: string): string {
  return page.split('\n').find((line) => line.startsWith(`| \`${name}\` |`)) ?? '';
}

function expectNamed(keys: readonly string[], where: string): void {
  expect(keys.filter((key) => !where.includes(`\`${key}\``))).toEqual([]);
}

/** Returns the names of the fields of an object, `outer.inner` for those of an object in it. */
function keysOf(json: object, prefix = ''): string[] {
  return Object.keys(json).map((key) => prefix + key);
}

describe.each(mpis)('%s', (mpi) => {
  test.each(['count', 'wc'])('log-format.md names the fields that %s writes', async (command) => {
    const logDir = join(folder, `logs-${mpi}-${command}`);
    const words = command === 'count' ? ['love'] : [];
    const args = [command, '--block-size', '300', '--log-dir', logDir, ...words, text, packed];
    const outcome = await runJob(mpi, 2, args, { timeoutSeconds });
    expect(outcome).toMatchObject({ status: 0 });

    const plan = JSON.parse(readFileSync(join(logDir, 'plan.json'), 'utf8')) as { plan: { files: object[] } };
    const inPlan = section('plan.json');
    expectNamed(
      keysOf(plan).filter((key) => key !== 'plan'),
      inPlan,
    );
    expectNamed(keysOf(plan.plan, 'plan.'), inPlan);
    for (const file of plan.plan.files) expectNamed(keysOf(file), lineOf('plan.files'));

    const events = [0, 1].flatMap((rank) => readLog(logDir, rank));
    expect(new Set(events.map(({ event }) => event))).toEqual(new Set(['start', 'block', 'waiting', 'end']));
    for (const { event, time, crc, ...fields } of events) {
      expect([typeof time, typeof crc]).toEqual(['string', 'string']);
      expectNamed(Object.keys(fields), lineOf(String(event)));
    }

    const result = readFileSync(join(logDir, 'result.json'), 'utf8');
    expectNamed(keysOf(JSON.parse(result) as object), section('result.json') + section('Rank logs'));

    const status = await run([process.execPath, program, 'status', '--format', 'json', logDir], { timeoutSeconds });
    expectNamed(keysOf(JSON.parse(status.stdout.toString()) as object), section('What `mpicount status'));
  });
});
