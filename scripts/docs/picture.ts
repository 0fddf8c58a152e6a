// `npm run docs:picture`: counts in Moby-Dick with four ranks, of which one is slow, and makes the picture of the report in README.md.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

import { openFile, startBrowser } from '../../test/browser/browser.ts';
import { ownLines, program, run, runJob, temporaryFolder } from '../../test/support/job.ts';

const { folder, remove } = temporaryFolder();
process.on('exit', remove);
const timeoutSeconds = 120;

const text = execFileSync('bash', ['scripts/text.sh'], { encoding: 'utf8' }).trim();
const logDir = join(folder, 'logs');
const patterns = ['Ahab', 'Queequeg', 'Moby Dick', 'whale', 'Nantucket'].flatMap((pattern) => ['-e', pattern]);
const counted = await runJob('openmpi', 4, ['count', '--block-size', '4K', '--log-dir', logDir, ...patterns, text], {
  timeoutSeconds,
  environment: {
    NODE_OPTIONS: '--require=./test/jobs/fixtures/slow-blocks.cjs',
    MPICOUNT_FAULT_SLOW: '30',
    MPICOUNT_FAULT_RANK: '2',
  },
});
if (counted.status !== 0) throw new Error(ownLines(counted).join('\n'));
const page = join(folder, 'report.html');
const written = await run([process.execPath, program, 'report', '--html', page, logDir], { timeoutSeconds });
if (written.status !== 0) throw new Error(written.stderr);

const browser = await startBrowser();
const { page: opened } = await openFile(browser, page, { viewport: { width: 1000, height: 950 } });
await opened.screenshot({ path: 'docs/report.png' });
await browser.close();
