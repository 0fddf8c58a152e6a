import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What a browser shows of a report. `npm run test:browser`.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
