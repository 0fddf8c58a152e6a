import { describe, expect, test } from 'vitest';

import {
  EncodingError,
  encodingProblem,
  isEncodingName,
  isSingleByteEncoding,
  requireEncoding,
} from '../../../src/scan/encodings.ts';

describe('encodings', () => {
  test.each(['CP1252', 'ISO-8859-15', 'KOI8-R', 'IBM037', 'ASCII', 'MACINTOSH', 'VISCII'])(
    '%s is a single-byte one',
    (name) => {
      expect(encodingProblem(name)).toBeUndefined();
      expect(isSingleByteEncoding(name)).toBe(true);
    },
  );

  // Some are of several bytes; in others a byte switches between tables, or a letter waits for an accent.
  test.each(['UTF-8', 'UTF-16', 'UTF-32LE', 'UTF-7', 'SHIFT_JIS', 'EUC-KR', 'GB18030', 'BIG5', 'ISO-2022-JP', 'JOHAB'])(
    '%s is none',
    (name) => {
      expect(encodingProblem(name)).toBeUndefined();
      expect(isSingleByteEncoding(name)).toBe(false);
    },
  );
  test.each(['CP1255', 'CP1258', 'TCVN', 'TSCII', 'IBM930', 'ISO_6937'])('nor is %s, which has states', (name) => {
    expect(encodingProblem(name)).toBeUndefined();
    expect(isSingleByteEncoding(name)).toBe(false);
  });

  test('one that iconv does not know has a problem, and is an error on ranks that need it', () => {
    const problem = /^the encoding KLINGON is not known to iconv of .+ here; `iconv -l` lists those that are$/;
    expect(encodingProblem('KLINGON')).toMatch(problem);
    expect(() => {
      requireEncoding('KLINGON');
    }).toThrow(EncodingError);
    requireEncoding('CP1252');
  });

  test.each(['', 'CP1252//IGNORE', 'CP1252//TRANSLIT', '/CP1252', 'CP1252,', 'CP 1252', 'CP1252\0', 'é', '-'])(
    'no name: %j',
    (name) => {
      expect(isEncodingName(name)).toBe(false);
    },
  );
  test.each(['CP1252', 'latin1', 'ISO_8859-1:1987', 'NF_Z_62-010_(1973)', 'T.61-8BIT', '437'])('a name: %s', (name) => {
    expect(isEncodingName(name)).toBe(true);
  });
});
