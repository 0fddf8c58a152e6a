// Imports run downward only: from a room to the rooms below it in this list (docs/architecture.md has the same table).
const below = {
  cli: ['launch', 'report', 'job', 'tally', 'corpus', 'scan', 'mpi', 'base'],
  launch: ['job', 'tally', 'corpus', 'scan', 'mpi', 'base'],
  report: ['job', 'tally', 'corpus', 'base'],
  job: ['tally', 'corpus', 'scan', 'mpi', 'base'],
  tally: ['corpus', 'scan', 'mpi', 'base'],
  corpus: ['base'],
  scan: ['base'],
  mpi: ['base'],
  base: [],
};

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'These files import each other in a circle.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'known-room',
      comment: 'A file of src/ stands in one of the rooms that docs/architecture.md lists.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(below).join('|')})/` },
      to: {},
    },
    ...Object.entries(below).map(([room, allowed]) => ({
      name: `${room}-imports-downward`,
      comment: `src/${room} may import from ${allowed.map((name) => `src/${name}`).join(', ') || 'no other room'} only.`,
      severity: 'error',
      from: { path: `^src/${room}/` },
      // The bundle looks for the addons where native/build puts them, and loads the program as native/build caches it.
      to: {
        path: '^(src|bench|test|native)/',
        pathNot: `^(src/(${[room, ...allowed].join('|')})/|native/build/(place|wrapped)\\.mjs$)`,
      },
    })),
  ],
  options: {
    tsPreCompilationDeps: true, // types, too
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'package\\.json$' },
  },
};
