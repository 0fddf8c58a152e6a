import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, describe, expect, test } from 'vitest';

import { mpis, program, readLog, run, runJob, temporaryFolder } from '../support/job.ts';

// Lists of ID<TAB>PATTERN, in whole jobs.

const { folder, remove } = temporaryFolder();
afterAll(remove);
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, Buffer.from(content, 'latin1'));
  return path;
};
const text = file('text', 'ACGT ACG TTTT '.repeat(100));
const guides = file('guides', 'g1\tACG\ncaf\xe9\tTT\ng\x02\tA C\n');
const note =
  `mpicount: note: ${guides}: line 2 is not valid UTF-8 and is counted as it is; ` +
  'if the texts are UTF-8, convert the list to UTF-8 first\n';
const renamed = file('renamed', 'g1\tACG\ncafe\tTT\ng\x02\tA C\n');

const job = { timeoutSeconds: 30 };

describe.each(mpis)('%s', (mpi) => {
  test('--ids shows the IDs in the output, the status and the logs, and is part of the count: 2 and 3 ranks', async () => {
    const logDir = join(folder, `logs-${mpi}`);
    const args = ['count', '--ids', '--block-size', '100', '--log-dir', logDir];
    const counted = await runJob(mpi, 2, [...args, '-f', guides, text], job);
    const lines = '200\tg1\tACG\n200\tcaf\xe9\tTT\n0\tg\\x02\tA C\n';
    expect({ ...counted, stdout: counted.stdout.toString('latin1') }).toMatchObject({
      status: 0,
      stdout: lines,
      stderr: note,
    });
    const ids = ['g1', { base64: 'Y2Fm6Q==' }, 'g\x02'];
    expect(readLog(logDir, 1)[0]).toMatchObject({ event: 'start', patterns: ['ACG', 'TT', 'A C'], ids });
    expect(JSON.parse(readFileSync(join(logDir, 'plan.json'), 'utf8'))).toMatchObject({ plan: { ids } });
    expect(JSON.parse(readFileSync(join(logDir, 'result.json'), 'utf8'))).toMatchObject({
      patterns: [{ id: 'g1', pattern: 'ACG', count: 200 }, { id: ids[1] }, { id: ids[2], count: 0 }],
    });
    const status = await run([process.execPath, program, 'status', logDir], job);
    expect(status.stdout.toString()).toContain('\n200\tg1\tACG\n200\tcaf\\xe9\tTT\n0\tg\\x02\tA C\n');

    const resumed = await runJob(mpi, 3, [...args, '--resume', '--format', 'csv', '-f', guides, text], job);
    expect({ ...resumed, stdout: resumed.stdout.toString('latin1') }).toMatchObject({
      status: 0,
      stdout: 'count,id,pattern\r\n200,g1,ACG\r\n200,caf\xe9,TT\r\n0,g\x02,A C\r\n',
      stderr: note,
    });
    const refused = await runJob(mpi, 2, [...args, '--resume', '-f', renamed, text], job);
    expect(refused.stderr).toContain(
      "cannot resume: the ID of pattern 2 was 'caf\\xe9', not 'cafe'; give the same as before, or count anew with another --log-dir",
    );
    expect({ status: refused.status, stdout: refused.stdout.toString() }).toEqual({ status: 3, stdout: '' });
  });

  test('a list that is no list of IDs is refused with its line: 2 ranks', async () => {
    const twice = file('twice', 'a\tx\nb\ty\na\tz\n');
    const refused = await runJob(mpi, 2, ['count', '--ids', '-f', twice, text], job);
    expect(refused.stderr).toContain(`${twice}: line 3 has the ID 'a' of ${twice}: line 1 again; make each ID unique`);
    expect({ status: refused.status, stdout: refused.stdout.toString() }).toEqual({ status: 2, stdout: '' });
  });
});
