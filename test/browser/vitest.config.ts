import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Tests of reports in a browser: `npm run test:browser`.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
