import type { Journal } from '../../src/job/journal/job-state.ts';
import { Findings } from '../../src/scan/findings.ts';
import { Rows } from '../../src/tally/rows.ts';
import { blockLine, samplePlan } from './log-folder.ts';
import { countTotals } from './spec.ts';

/** A plan, of which the lines and journals here are. */
export const plan = samplePlan();

/** The journal of a job that has counted nothing. */
export const nothing: Journal = {
  missing: [{ first: 0, end: 10 }],
  blocksDone: 0,
  totals: new Rows(2),
  findings: new Findings(),
  pending: [],
  starts: 0,
  hosts: [],
  skipped: new Map(),
  ignoredLines: 0,
};

/** Two good lines, of the blocks 3 and 4. */
export const two = [blockLine(plan, 3, [5, 0]), blockLine(plan, 4, [1, 2])] as const;

/** The journal that these give. */
export const ofTwo: Journal = {
  ...nothing,
  missing: [
    { first: 0, end: 3 },
    { first: 5, end: 10 },
  ],
  blocksDone: 2,
  totals: countTotals(6n, 2n),
};
