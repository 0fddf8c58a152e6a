import { afterAll, expect, test } from 'vitest';
import { mpis } from '../support/job.ts';
import { RankPrograms } from '../support/rank-programs.ts';

const programs = new RankPrograms(['shared-patterns']);
afterAll(() => {
  programs.remove();
});

test.each(mpis)(
  'ranks of a host share 100,000 compiled patterns: %s, 1 and 3 ranks',
  { timeout: 60_000 },
  async (mpi) => {
    const alone = { isOfFirst: false, isMapped: false, open: 0 };
    const sharing = { isOfFirst: true, isMapped: true, open: 0 };
    for (const [ranks, answer] of [
      [1, alone],
      [3, sharing],
    ] as const) {
      const { outcome, answers } = await programs.run(mpi, ranks, 'shared-patterns');
      expect({ status: outcome.status, stderr: outcome.stderr }).toEqual({ status: 0, stderr: '' });
      expect(answers).toEqual(Array.from({ length: ranks }, () => answer));
    }
  },
);
