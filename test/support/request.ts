import type { CountRequest } from '../../src/job/plan/plan.ts';

/** The request of a command line without options. */
export const plainRequest = {
  typedPatterns: [],
  standardInput: false,
  globs: { include: [], exclude: [] },
  notes: [],
  blockSize: undefined,
  logDir: undefined,
  logging: { level: 'blocks', syncSeconds: 10 },
  resume: false,
  allowGrowth: false,
  decompress: true,
  encoding: undefined,
  skipUnreadable: false,
  progress: 'never',
  timeLimit: undefined,
  threads: 1,
  io: 'auto',
  schedule: 'static',
} as const satisfies Partial<CountRequest>;
