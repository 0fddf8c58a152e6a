import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { mpis } from '../support/job.ts';
import { RankPrograms } from '../support/rank-programs.ts';

// The control channel under the real MPIs. See test/unit/job/control-channel.test.ts for its rules.

let programs: RankPrograms<'control'>;

beforeAll(() => {
  programs = new RankPrograms(['control']);
});
afterAll(() => {
  programs.remove();
});

/** The answer of a rank of programs/control.ts: the messages that it took, and the operations that MPI has left. */
interface Answer {
  readonly taken: readonly (readonly [from: number, length: number])[];
  readonly pending: number;
}

describe.each(mpis)('%s', (mpi) => {
  test.each([1, 3])(
    'close() takes all messages of %d ranks in order and leaves nothing behind',
    { timeout: 40_000 },
    async (size) => {
      const { outcome, answers } = await programs.run<Answer>(mpi, size, 'control');
      expect(outcome).toMatchObject({ status: 0, stderr: '' });
      expect(answers).toHaveLength(size);
      const ranks = Array.from({ length: size }, (_, rank) => rank);
      const sentByEach = Array.from({ length: 50 }, () => [0, 1, 65, 100_000]).flat();
      for (const { taken, pending } of answers) {
        expect(pending).toBe(0);
        expect(taken).toHaveLength(size * sentByEach.length);
        for (const rank of ranks) {
          expect(taken.filter(([from]) => from === rank).map(([, length]) => length)).toEqual(sentByEach);
        }
      }
    },
  );
});
