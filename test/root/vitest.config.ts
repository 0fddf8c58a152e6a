import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What only root can set up: mounts, and being somebody else. `npm run test:root`.
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { include: ['test/root/**/*.test.ts'], fileParallelism: false },
});
