import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { openLine, sealLine } from '../../../src/job/journal/sealed-line.ts';

const records = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue(), { minKeys: 1, noNullPrototype: true });
const identities = fc.string({ minLength: 1 });
const line = sealLine({ event: 'block', block: 17, counts: [3, 0], host: 'löve' }, 'this job');

describe('a sealed line', () => {
  test('survives a round trip, and its checksum is part of the JSON', () => {
    fc.assert(
      fc.property(records, identities, (record, identity) => {
        const written = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
        const sealed = sealLine(record, identity);
        expect(sealed).not.toContain('\n');
        expect(JSON.parse(openLine(sealed, identity)!)).toEqual(written);
        const { crc, ...rest } = JSON.parse(sealed) as Record<string, unknown>;
        expect(crc).toMatch(/^[0-9a-f]{8}$/);
        if (!('crc' in written)) expect(rest).toEqual(written);
      }),
      { numRuns: 300 },
    );
  });

  test('is refused from another job', () => {
    fc.assert(
      fc.property(records, identities, identities, (record, one, other) => {
        fc.pre(one !== other);
        expect(openLine(sealLine(record, one), other)).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });

  test('is refused with any flipped bit', () => {
    const bytes = Buffer.from(line);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(openLine(flipped.toString(), 'this job'), `bit ${bit}`).toBeUndefined();
    }
  });

  test('is refused when it is truncated at either end', () => {
    for (let length = 0; length < line.length; length += 1) {
      expect(openLine(line.slice(0, length), 'this job')).toBeUndefined();
      expect(openLine(line.slice(line.length - length), 'this job')).toBeUndefined();
    }
  });

  test('is refused with additional bytes before, after or in it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), fc.nat(line.length), (extra, at) => {
        expect(openLine(line.slice(0, at) + extra + line.slice(at), 'this job')).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  test('is refused when other text follows on the same line', () => {
    const other = sealLine({ event: 'end' }, 'this job');
    expect(openLine(line + other, 'this job')).toBeUndefined();
    expect(openLine(line.slice(0, 40) + other, 'this job')).toBeUndefined();
  });
});

test.each(['', '{}', '\0'.repeat(100), '{"crc":"00000000"}', ',"crc":"00000000"}', '}', 'null', '[]', '\ud800'])(
  '%j is not a sealed line',
  (text) => {
    expect(openLine(text, 'this job')).toBeUndefined();
  },
);
