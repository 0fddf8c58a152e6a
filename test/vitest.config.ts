import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/root/**'], // npm run test:root
    // Whole jobs start several processes each and are timed: one file after another keeps small machines honest.
    fileParallelism: false,
    env: {
      // Node would read and parse these at each of thousands of starts.
      NODE_EXTRA_CA_CERTS: '',
      // Addons that the user has built are not those under test.
      XDG_DATA_HOME: '/nonexistent',
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
