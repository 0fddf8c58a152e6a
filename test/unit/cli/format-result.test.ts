import { describe, expect, test } from 'vitest';

import { byteStrings } from '../../../src/base/byte-strings.ts';
import { formatResult as partsOf, type Format } from '../../../src/cli/format-result.ts';
import { resultJson, type Result } from '../../../src/job/result.ts';
import { Rows } from '../../../src/tally/rows.ts';
import { countSpec, countTotals } from '../../support/spec.ts';

const formatResult = (result: Result, format: Format) => Buffer.concat([...partsOf(result, format)]);

const result: Result = {
  spec: countSpec(['love', Buffer.of(0xe9, 0x00, 0x09), '-e', 'любовь']),
  input: { files: [], streams: [], bytes: 0 },
  files: 0,
  bytes: 0,
  ranks: 1,
  schedule: 'static',
  seconds: 0.5,
  totals: countTotals(677n, 0n, 2n ** 64n - 1n, 2n ** 53n + 1n),
  notes: [],
};

test('--format text prints one line per pattern, with its bytes and its exact count', () => {
  const lines = ['677\tlove\n', '0\t\xe9\0\t\n', '18446744073709551615\t-e\n'].map((line) =>
    Buffer.from(line, 'latin1'),
  );
  const expected = Buffer.concat([...lines, Buffer.from('9007199254740993\tлюбовь\n')]);
  expect(formatResult(result, 'text').equals(expected)).toBe(true);
});

test('IDs stand before the patterns, with control characters escaped in text', () => {
  const ids = ['g1', Buffer.of(0xe9), 'a"\x1b', 'é'].map((id) => Buffer.from(id));
  const counted: Result = {
    ...result,
    spec: { ...countSpec(['love', 'a\tb', '-e', Buffer.of(0xff)]), ids: byteStrings(ids) },
  };
  const text = '677\tg1\tlove\n0\t\xe9\ta\\x09b\n18446744073709551615\ta"\\x1b\t-e\n9007199254740993\t\xc3\xa9\t\xff\n';
  expect(formatResult(counted, 'text').toString('latin1')).toBe(text);
  expect(formatResult(counted, 'csv').toString('latin1')).toBe(
    'count,id,pattern\r\n677,g1,love\r\n0,\xe9,a\tb\r\n18446744073709551615,"a""\x1b",-e\r\n9007199254740993,\xc3\xa9,\xff\r\n',
  );
  expect(formatResult(counted, 'json').toString()).toContain(
    '{"patterns":[{"id":"g1","pattern":"love","count":677},{"id":{"base64":"6Q=="},"pattern":"a\\tb","count":0},' +
      '{"id":"a\\"\\u001b","pattern":"-e","count":18446744073709551615},',
  );
});

test('--format json prints the content of result.json', () => {
  expect(formatResult(result, 'json').toString()).toBe(Buffer.concat([...resultJson(result)]).toString());
});

test('--format csv prints a header and one record per pattern, quoted where RFC 4180 requires it', () => {
  const spec = countSpec(['love', 'a,b', 'say "no"', 'end\r', Buffer.of(0xe9, 0x00, 0x09), 'любовь', ' ']);
  const counted = { ...result, spec, totals: countTotals(677n, 0n, 2n ** 64n - 1n, 1n, 2n, 3n, 4n) };
  const expected = Buffer.concat([
    Buffer.from('count,pattern\r\n677,love\r\n0,"a,b"\r\n18446744073709551615,"say ""no"""\r\n1,"end\r"\r\n2,'),
    Buffer.of(0xe9, 0x00, 0x09),
    Buffer.from('\r\n3,любовь\r\n4, \r\n'),
  ]);
  expect(formatResult(counted, 'csv')).toEqual(expected);
});

test('--format csv prints one record per file for wc, and none for their sum', () => {
  const totals = new Rows(4);
  totals.add([0, 10], [1, 2, 10, 10, 3, 4, 4, 5]);
  const file = (path: string, size: number) => ({ path: Buffer.from(path), size, modified: 0n, inode: undefined });
  const files = [file('a, b.txt', 10), file('empty', 0), file('two\nlines', 5)];
  const input = { files, streams: [Buffer.from('-')], bytes: 15 };
  const counted: Result = {
    ...result,
    spec: { kind: 'wc', wordRule: 'coreutils 9.5' },
    input,
    totals,
  };
  expect(formatResult(counted, 'csv').toString()).toBe(
    'lines,words,characters,bytes,file\r\n1,2,10,10,"a, b.txt"\r\n0,0,0,0,empty\r\n3,4,4,5,"two\nlines"\r\n0,0,0,0,-\r\n',
  );
});

describe('the counts of groups', () => {
  const file = (path: string, size: number) => ({ path: Buffer.from(path, 'latin1'), size, modified: 0n });
  const files = [file('a', 10), file('empty', 0), file('b, "c"\n', 5), file('\xe9', 1)];
  const groups = [
    { key: 0, columns: Uint32Array.of(0, 3), counts: BigUint64Array.of(600n, 2n ** 53n + 1n) },
    { key: 10, columns: Uint32Array.of(0), counts: BigUint64Array.of(77n) },
    { key: 15, columns: Uint32Array.of(2), counts: BigUint64Array.of(2n ** 64n - 1n) },
  ];
  const counted: Result = {
    ...result,
    spec: { ...countSpec(['love', 'hate', 'a\tb', 'любовь']), by: 'file' },
    input: { files, streams: [], bytes: 16 },
    groups,
  };

  test('are printed as text with the group as the last column', () => {
    expect(formatResult(counted, 'text').toString('latin1')).toBe(
      Buffer.from('600\tlove\ta\n9007199254740993\tлюбовь\ta\n77\tlove\tb, "c"\\x0a\n').toString('latin1') +
        '18446744073709551615\ta\\x09b\t\xe9\n',
    );
  });

  test('are printed as CSV', () => {
    expect(formatResult(counted, 'csv').toString('latin1')).toBe(
      Buffer.from(
        'count,pattern,group\r\n600,love,a\r\n9007199254740993,любовь,a\r\n77,love,"b, ""c""\n"\r\n',
      ).toString('latin1') + '18446744073709551615,a\tb,\xe9\r\n',
    );
  });

  test('are printed as JSON beside the totals, as the last field', () => {
    const text = formatResult(counted, 'json').toString();
    expect(text).toContain('{"patterns":[{"pattern":"love","count":677},');
    expect(text.slice(text.indexOf(',"by"'))).toBe(
      ',"by":"file","seconds":0.5,"groups":[' +
        '{"group":"a","patterns":[{"pattern":"love","count":600},{"pattern":"любовь","count":9007199254740993}]},' +
        '{"group":"b, \\"c\\"\\n","patterns":[{"pattern":"love","count":77}]},' +
        '{"group":{"base64":"6Q=="},"patterns":[{"pattern":"a\\tb","count":18446744073709551615}]}]}\n',
    );
  });

  test('have IDs, too', () => {
    const ids = byteStrings(['1', '2', '3', '4'].map((id) => Buffer.from(id)));
    const spec = { ...countSpec(['love', 'hate', 'a', 'b']), ids, by: 'path:(.)' };
    const named = {
      ...counted,
      spec,
      groups: [{ key: 'x', columns: Uint32Array.of(1), counts: BigUint64Array.of(5n) }],
    };
    expect(formatResult(named, 'text').toString()).toBe('5\t2\thate\tx\n');
    expect(formatResult(named, 'csv').toString()).toBe('count,id,pattern,group\r\n5,2,hate,x\r\n');
    expect(formatResult(named, 'json').toString()).toContain(
      '"groups":[{"group":"x","patterns":[{"id":"2","pattern":"hate","count":5}]}]}\n',
    );
  });

  test('have records, too, and JSON has all records of a group', () => {
    const spec = { ...countSpec(['love', 'hate']), records: 'line' as const, by: 'file' };
    const rows = [
      { key: 0, columns: Uint32Array.of(1, 3, 4), counts: BigUint64Array.of(5n, 2n, 7n) },
      { key: 10, columns: Uint32Array.of(4), counts: BigUint64Array.of(1n) },
    ];
    const named = { ...counted, spec, totals: countTotals(0n, 5n, 0n, 2n, 8n), groups: rows };
    expect(formatResult(named, 'text').toString()).toBe('5\t2\thate\ta\n');
    expect(formatResult(named, 'csv').toString()).toBe('count,records,pattern,group\r\n5,2,hate,a\r\n');
    expect(formatResult(named, 'json').toString()).toContain(
      '"groups":[{"group":"a","patterns":[{"pattern":"hate","count":5,"records":2}],"records":7},' +
        '{"group":"b, \\"c\\"\\n","patterns":[],"records":1}]}\n',
    );
  });

  test('may be none', () => {
    const none = { ...counted, groups: [] };
    expect(formatResult(none, 'text').toString()).toBe('');
    expect(formatResult(none, 'csv').toString()).toBe('count,pattern,group\r\n');
    expect(formatResult(none, 'json').toString()).toMatch(/,"groups":\[\]\}\n$/);
  });
});
