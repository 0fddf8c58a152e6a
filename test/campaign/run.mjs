// Makes one program of the campaign, which is TypeScript, and runs it; with --statuses first, that of repeated endings.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const isStatuses = process.argv[2] === '--statuses';
if (isStatuses) process.argv.splice(2, 1);
// Below the package, where the program looks for it.
const outfile = join(import.meta.dirname, '../../node_modules/.cache/mpicount-campaign/campaign.mjs');
await build({
  entryPoints: [join(import.meta.dirname, isStatuses ? 'statuses.ts' : 'main.ts')],
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  logLevel: 'warning',
  outfile,
});
await import(pathToFileURL(outfile).href);
