import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    env: {
      // Node would read and parse these at each of thousands of starts.
      NODE_EXTRA_CA_CERTS: '',
      // Addons that the user has built are not those under test.
      XDG_DATA_HOME: '/nonexistent',
    },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          // Loading the program anew for each file would take as long as the tests.
          isolate: false,
          // By default vitest leaves one core free, which on two cores leaves one worker.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'program',
          // The program as a process of its own, without an MPI; and inputs of extreme sizes, in bounded memory.
          include: ['test/{program,limits}/**/*.test.ts'],
          maxWorkers: '100%',
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'native',
          // The search and the decoders against their references, sources of text, and builds of the addons.
          include: ['test/{search,records,decode,source,build}/**/*.test.ts'],
          maxWorkers: '100%',
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'jobs',
          include: ['test/jobs/**/*.test.ts'],
          // Whole jobs start several processes each, and have timeouts: more files at once would make those of small machines late.
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
