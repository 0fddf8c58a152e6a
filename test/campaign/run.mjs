// Makes one program of the campaign, which is TypeScript, and runs it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

// Below the package, where the program looks for it.
const outfile = join(import.meta.dirname, '../../node_modules/.cache/mpicount-campaign/campaign.mjs');
await build({
  entryPoints: [join(import.meta.dirname, 'main.ts')],
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  logLevel: 'warning',
  outfile,
});
await import(pathToFileURL(outfile).href);
