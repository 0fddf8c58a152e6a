import { inflateSync } from 'node:zlib';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import { heatMapOf, maxColumns, maxRows } from '../../../../src/report/html/heat-map.ts';
import { encodePng } from '../../../../src/report/html/png.ts';
import { Pace } from '../../../../src/report/pace.ts';
import { runsOf } from '../../../../src/report/runs.ts';
import { Stints } from '../../../../src/report/stints.ts';
import { eventsOf, type RankStory } from '../../../support/rank-events.ts';

function mapOf(stories: readonly RankStory[]) {
  const stints = new Stints();
  for (const story of stories) {
    const path = Buffer.from(`rank-${String(story.rank).padStart(6, '0')}.jsonl`);
    for (const event of eventsOf(story)) stints.take(event, path);
  }
  const [run] = runsOf(stints.all);
  return heatMapOf(run!);
}

test('a pace has all bytes, whenever they were counted', () => {
  const blocks = fc.array(
    fc.record({ begin: fc.float({ min: 0, max: 1e6 }), length: fc.float({ min: 0, max: 1e4 }), bytes: fc.nat(1000) }),
  );
  fc.assert(
    fc.property(blocks, (all) => {
      const pace = new Pace();
      for (const { begin, length, bytes } of all) {
        if (Number.isNaN(begin + length)) continue;
        pace.add(begin, begin + length, bytes);
      }
      const expected = all.reduce(
        (sum, { begin, length, bytes }) => sum + (Number.isNaN(begin + length) ? 0 : bytes),
        0,
      );
      expect(pace.bytes.reduce((sum, bytes) => sum + bytes, 0)).toBeCloseTo(expected, 0);
    }),
  );
});

test('a row has the rate of a rank while it counts, and none after that', () => {
  const blocks = Array.from({ length: 10 }, (_, block) => ({ block, at: block + 1, bytes: 500, scanning: 1 }));
  const { rates, seconds, most } = mapOf([{ rank: 0, host: 'a', ranks: 1, blocks, counted: 10, ended: 40 }]);
  expect(seconds).toBe(40);
  expect(most).toBeCloseTo(500, -1);
  const counting = rates.slice(0, maxColumns / 4);
  for (const rate of counting) expect(Math.abs(rate - 500)).toBeLessThan(100);
  expect([...rates.slice(maxColumns / 4)].every(Number.isNaN)).toBe(true);
});

test('a straggler is seen among thousands of ranks: its row goes on when the others have ended', () => {
  const stories = Array.from({ length: 2000 }, (_, rank): RankStory => ({
    rank,
    host: `node${String(Math.floor(rank / 100)).padStart(2, '0')}`,
    ranks: 2000,
    blocks: [{ block: rank, at: rank === 777 ? 90 : 30, bytes: 100, scanning: 29 }],
    counted: rank === 777 ? 90 : 30,
    ended: 90,
  }));
  const { rows, rates } = mapOf(stories);
  expect(rows).toHaveLength(maxRows);
  const late = rows.flatMap(({ ranks }, row) => {
    const atEnd = rates[row * maxColumns + maxColumns - 2] ?? NaN;
    return Number.isNaN(atEnd) ? [] : [ranks.map(({ rank }) => rank)];
  });
  expect(late).toEqual([[770, 771, 772, 773, 774, 775, 776, 777, 778, 779]]);
});

test('a PNG has the pixels that were encoded', () => {
  const png = encodePng(3, Uint8Array.of(0, 1, 2, 2, 1, 0), [
    [0, 0, 0, 0],
    [255, 0, 0, 255],
    [0, 0, 255, 255],
  ]);
  expect(png.subarray(0, 8)).toEqual(Buffer.from('89504e470d0a1a0a', 'hex'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2]);
  const at = png.indexOf('IDAT');
  expect([...inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)))]).toEqual([0, 0, 1, 2, 0, 2, 1, 0]);
});
