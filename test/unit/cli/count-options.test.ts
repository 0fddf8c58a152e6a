import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { stringsOf, type ByteStrings } from '../../../src/base/byte-strings.ts';
import { quoted } from '../../../src/base/bytes.ts';
import { parseCount } from '../../../src/cli/count-options.ts';
import { UsageError } from '../../../src/cli/usage-error.ts';
import { InputError } from '../../../src/corpus/input-error.ts';
import { temporaryFolder } from '../../support/job.ts';

const { folder, remove } = temporaryFolder();
const words = join(folder, 'words');
const noWords = join(folder, 'no-words');
const withIds = join(folder, 'with-ids');
const moreIds = join(folder, 'more-ids');

beforeAll(() => {
  writeFileSync(words, 'hate\r\nhope\r\n');
  writeFileSync(noWords, '');
  writeFileSync(withIds, 'g1\tACGT\ng2\tTT\n');
  writeFileSync(moreIds, 'g3\tACGT\ng\xe9\tA\ng2\tGG\n', 'latin1');
});
afterAll(remove);

/** What was asked for, with bytes as Latin-1. */
function parse(...args: string[]) {
  const { request, format } = parseCount(args);
  const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  const { spec, files, blockSize, logDir } = request;
  if (spec.kind !== 'count') throw new TypeError(spec.kind);
  const { patterns, options } = spec;
  const chosen = Object.entries(options).flatMap(([name, value]) => (value ? [name] : []));
  return {
    patterns: Array.from(stringsOf(patterns), latin1),
    files: Array.from(files, latin1),
    chosen,
    format,
    blockSize,
    logDir: logDir && latin1(logDir),
  };
}

describe('patterns and files are parsed', () => {
  test.each([
    ['a pattern and a file', ['love', 'book'], ['love'], ['book']],
    ['a pattern and files', ['love', 'a', 'b', 'a'], ['love'], ['a', 'b', 'a']],
    ['a pattern that is an option, behind two dashes', ['--', '-e', 'book'], ['-e'], ['book']],
    ['two dashes as the pattern', ['--', '--', 'book'], ['--'], ['book']],
    ['a file whose name begins with a dash', ['love', '--', '-i'], ['love'], ['-i']],
    ['a dash as the pattern', ['-', 'book'], ['-'], ['book']],
    ['patterns by option', ['-e', 'love', '--pattern=hate', 'book'], ['love', 'hate'], ['book']],
    ['then all others are files', ['a', '-e', 'love', 'b'], ['love'], ['a', 'b']],
    ['the same pattern again', ['-e', 'love', '-e', 'love', 'book'], ['love', 'love'], ['book']],
    ['a pattern that looks like an option', ['-e', '-i', 'book'], ['-i'], ['book']],
    ['patterns are bytes', ['-e', 'caf\xe9', 'caf\xc3\xa9'], ['caf\xe9'], ['caf\xc3\xa9']],
    ['a file name with spaces and a newline', ['love', 'a book\n'], ['love'], ['a book\n']],
  ])('%s', (_name, args, patterns, files) => {
    expect(parse(...args)).toMatchObject({ patterns, files });
  });

  test('files of lists follow the files on the command line', () => {
    expect(parse('love', '--files-from', words, 'book', `--files-from=${words}`)).toMatchObject({
      patterns: ['love'],
      files: ['book', 'hate', 'hope', 'hate', 'hope'],
    });
    expect(parse('-e', 'love', '--files-from', words)).toMatchObject({ files: ['hate', 'hope'] });
  });

  test('standard input is accepted as a file with one rank', () => {
    const { request } = parseCount(['love', 'book', '-', './-']);
    expect(request.standardInput).toBe(true);
    expect(Array.from(request.files, String)).toEqual(['book', './-']);
    expect(parseCount(['love', 'book']).request.standardInput).toBe(false);
  });

  test('typed patterns are distinguished from those of lists', () => {
    expect(parseCount(['-e', 'love', '-f', words, 'book']).request.typedPatterns.map(String)).toEqual(['love']);
    expect(parseCount(['love', 'book']).request.typedPatterns.map(String)).toEqual(['love']);
  });

  test('each list with CR LF line ends gets a note', () => {
    const note = `${words}: every line ends in CR LF, and the CR is not taken as part of it`;
    expect(parseCount(['-f', words, '--files-from', words]).request.notes).toEqual([note, note]);
    expect(parseCount(['love', 'book']).request.notes).toEqual([]);
  });

  test('patterns of lists have IDs with --ids, and none without it', () => {
    const idsOf = (...args: string[]) => {
      const { spec } = parseCount([...args, 'book']).request;
      const texts = (list: ByteStrings) => Array.from(stringsOf(list), (each) => Buffer.from(each).toString());
      return spec.kind === 'count' ? [spec.ids && texts(spec.ids), texts(spec.patterns)] : [];
    };
    expect(idsOf('--ids', '-f', withIds)).toEqual([
      ['g1', 'g2'],
      ['ACGT', 'TT'],
    ]);
    expect(idsOf('-f', withIds)).toEqual([undefined, ['g1\tACGT', 'g2\tTT']]);
  });

  test('counts are broken down by a file, a path or a field', () => {
    const byOf = (...args: string[]) => {
      const { spec } = parseCount([...args, 'love', 'book']).request;
      return spec.kind === 'count' ? spec.by : null;
    };
    expect(byOf()).toBeUndefined();
    expect(byOf('--by', 'file')).toBe('file');
    expect(byOf('--by=path:(a)', '--by', 'path:(\xc3\xa9)')).toBe('path:(é)');
    expect(byOf('--by=jsonl:meta.\xc3\xa9', '--records=jsonl:text')).toBe('jsonl:meta.é');
  });

  test('patterns of -e and -f keep their order', () => {
    const { patterns, files } = parse('-e', 'love', '-f', words, '-e', 'peace', 'book', `--pattern-file=${words}`);
    expect(patterns).toEqual(['love', 'hate', 'hope', 'peace', 'hate', 'hope']);
    expect(files).toEqual(['book']);
  });
});

describe('options', () => {
  test('--records has a unit, or is not given', () => {
    expect(parseCount(['--records', 'line', 'love', 'book']).request.spec).toMatchObject({ records: 'line' });
    expect(parseCount(['love', 'book']).request.spec).not.toHaveProperty('records');
    const json = parseCount(['--records', 'jsonl:a.caf\xc3\xa9', '--skip-invalid', 'love', 'book']).request.spec;
    expect(json).toMatchObject({ records: 'jsonl:a.café', skipInvalid: true });
  });

  test('have defaults', () => {
    expect(parse('love', 'book')).toEqual({
      patterns: ['love'],
      files: ['book'],
      chosen: [],
      format: 'text',
      blockSize: undefined,
      logDir: undefined,
    });
  });

  test.each([
    [['-i'], ['ignoreCase']],
    [['--ignore-case'], ['ignoreCase']],
    [['-w'], ['word']],
    [['--word'], ['word']],
    [['--overlapping'], ['overlapping']],
    [
      ['-wi', '--overlapping', '-i'],
      ['ignoreCase', 'word', 'overlapping'],
    ],
  ])('%j', (args, chosen) => {
    expect(parse(...args, 'love', 'book').chosen).toEqual(chosen);
    expect(parse('love', 'book', ...args).chosen).toEqual(chosen);
  });

  test('take the last of several values', () => {
    const args = [
      '--format',
      'json',
      '--format=text',
      '--block-size=1K',
      '--block-size',
      '2K',
      '--log-dir=a',
      '--log-dir',
      'b',
    ];
    expect(parse(...args, 'love', 'book')).toMatchObject({ format: 'text', blockSize: 2048, logDir: 'b' });
  });

  test('accept --format json and a log folder that is not UTF-8', () => {
    expect(parse('--format=json', '--log-dir', 'caf\xe9', 'love', 'book')).toMatchObject({
      format: 'json',
      logDir: 'caf\xe9',
    });
  });
});

describe('the options of the log folder', () => {
  const kept = (...args: string[]) => {
    const { logging, resume, allowGrowth, timeLimit } = parseCount([...args, '--log-dir=logs', 'love', 'book']).request;
    return { ...logging, resume, allowGrowth, timeLimit };
  };
  test.each([
    [[], { level: 'blocks', syncSeconds: 10, resume: false, allowGrowth: false, timeLimit: undefined }],
    [['--allow-growth'], { resume: false, allowGrowth: true }],
    [['--resume'], { level: 'blocks', resume: true }],
    [['--time-limit', '2h', '--log=blocks'], { level: 'blocks', timeLimit: 7200 }],
    [['--log', 'summary'], { level: 'summary' }],
    [['--log=blocks', '--log=off'], { level: 'off' }],
    [['--log-sync', '1.5m'], { syncSeconds: 90 }],
    [[], { mode: undefined, shared: false }],
    [['--log-mode', '0600'], { mode: 0o600 }],
    [['--log-mode=664', '--log-shared'], { mode: 0o664, shared: true }],
  ])('%j', (args, expected) => {
    expect(kept(...args)).toMatchObject(expected);
  });
});

describe('wrong usage is refused', () => {
  const empty = 'an empty pattern is nowhere and everywhere; give at least one byte to count';
  const twice = (one: string, other: string) => `standard input can be read only once, not by ${one} and by ${other}`;
  const isFile = "is the name of a file or folder: did a word before it get lost? (a lone ':' does; write -e:)";
  const noFile = 'no file to count in; see: mpicount --help';
  const dash =
    "'-': standard input cannot be cut into slices; save it to a file first, or count it with one rank (a file of that name is ./-)";
  test.each([
    [[], 'no pattern and no file; see: mpicount --help'],
    [['-i'], 'no pattern and no file; see: mpicount --help'],
    [['--'], 'no pattern and no file; see: mpicount --help'],
    [['love'], noFile],
    [['-e', 'love'], noFile],
    [['-f', words], noFile],
    [['', 'book'], empty],
    [['-e', '', 'book'], empty],
    [['-e', 'love', '--pattern=', 'book'], empty],
    [
      ['lo\nve', 'book'],
      "the pattern 'lo\\x0ave' contains a newline; patterns are within a line, each with its own -e",
    ],
    [
      ['-e', 'love', '-e', '\xe9\n', 'book'],
      "the pattern '\\xe9\\x0a' contains a newline; patterns are within a line, each with its own -e",
    ],
    [['-f', '-', '--files-from', '-'], twice('--pattern-file -', '--files-from -')],
    [['-f', '-', '-f', '/dev/stdin', 'book'], twice('--pattern-file -', '--pattern-file /dev/stdin')],
    [['-f', '-', 'book', '-'], twice('--pattern-file -', 'the file -')],
    [['love', '-', '-'], twice('the file -', 'the file -')],
    [
      ['-e', 'love', '-e', words],
      `no file to count in, and the pattern ${quoted(Buffer.from(words))} ${isFile}; see: mpicount --help`,
    ],
    [['love', 'book', ''], 'a file name is empty'],
    [['--log-dir=', 'love', 'book'], '--log-dir: the folder name is empty'],
    [['--log-dir', '', 'love', 'book'], '--log-dir: the folder name is empty'],
    [['--format', 'xml', 'love', 'book'], "--format: 'xml' is not one of text, json, csv"],
    [['--format', 'JSON', 'love', 'book'], "--format: 'JSON' is not one of text, json, csv"],
    [['--format=', 'love', 'book'], "--format: '' is not one of text, json, csv"],
    [['--format', '\xe9\x1b', 'love', 'book'], "--format: '\\xe9\\x1b' is not one of text, json, csv"],
    [
      ['--block-size', '0', 'love', 'book'],
      "--block-size: '0' is not a size; give a number of bytes such as 4096, 64K, 16M or 1G",
    ],
    [['--threads', '0', 'love', 'book'], "--threads: '0' is not a number from 1 to 1000; it is for each rank"],
    [['--threads=two', 'love', 'book'], "--threads: 'two' is not a number from 1 to 1000; it is for each rank"],
    [['--io', 'mail', 'love', 'book'], "--io: 'mail' is not one of auto, mmap, read"],
    [['--schedule', 'bus', 'love', 'book'], "--schedule: 'bus' is not one of static, dynamic"],
    [
      ['--block-size=many', 'love', 'book'],
      "--block-size: 'many' is not a size; give a number of bytes such as 4096, 64K, 16M or 1G",
    ],
    [['--log', 'all', '--log-dir=logs', 'love', 'book'], "--log: 'all' is not one of blocks, summary, off"],
    [['--resume', 'love', 'book'], '--resume needs --log-dir, where what is counted is kept'],
    [['--time-limit=1h', 'love', 'book'], '--time-limit needs --log-dir, where what is counted is kept'],
    [['--resume', '--log=off', '--log-dir=logs', 'love', 'book'], '--resume needs --log blocks, not --log off'],
    [
      ['--time-limit=1h', '--log=summary', '--log-dir=logs', 'love', 'book'],
      '--time-limit needs --log blocks, not --log summary',
    ],
    [
      ['--time-limit=soon', '--log-dir=logs', 'love', 'book'],
      "--time-limit: 'soon' is not a time; give one such as 90s, 15m, 2h or 1d",
    ],
    [
      ['--log-sync=0', '--log-dir=logs', 'love', 'book'],
      "--log-sync: '0' is not a time; give one such as 90s, 15m, 2h or 1d",
    ],
    ...['0666', '0400', '0700', '1600', '384', '', '0x180', 'u=rw', '00600'].map((mode): [string[], string] => [
      [`--log-mode=${mode}`, '--log-dir=logs', 'love', 'book'],
      `--log-mode: '${mode.length === 3 ? `0${mode}` : mode}' is not one of 0600, 0640, 0644, 0660, 0664`,
    ]),
    [['--log-mode=0600', 'love', 'book'], '--log-mode needs --log-dir, which it is about'],
    [['--log-shared', 'love', 'book'], '--log-shared needs --log-dir, which it is about'],
    [['--unknown', 'love', 'book'], 'unknown option --unknown; see: mpicount --help'],
    [['-E', 'love', 'book'], 'unknown option -E; see: mpicount --help'],
    [['love', 'book', '-e'], '-e needs a value'],
    [['love', 'book', '--block-size'], '--block-size needs a value'],
    [['--overlapping=no', 'love', 'book'], '--overlapping takes no value'],
    [['--records=file', '--by=file', 'love', 'book'], '--records file cannot be combined with --by'],
    [['--records', 'love', 'book'], "--records: 'love' is not one of line, file, fastq, jsonl:FIELD"],
    [
      ['--records', 'jsonl:', 'love', 'book'],
      "--records: 'jsonl:' has an empty name; FIELD is the name of a member, or names joined by dots, as in jsonl:text or jsonl:meta.text",
    ],
    [
      ['--records', 'jsonl:caf\xe9', 'love', 'book'],
      "--records: 'jsonl:caf\\xe9' is not UTF-8, as the names of members are; FIELD is the name of a member, or names joined by dots, " +
        'as in jsonl:text or jsonl:meta.text',
    ],
    [['--skip-invalid', 'love', 'book'], '--skip-invalid needs --records jsonl:FIELD, whose lines it is about'],
    [
      ['--skip-invalid', '--records', 'line', 'love', 'book'],
      '--skip-invalid is about JSON lines, not about --records line',
    ],
    [['-f', noWords, 'book'], `${noWords}: no pattern in it; write one a line`],
    [['--by', 'folder', 'love', 'book'], "--by: 'folder' is none of file, path:REGEX, jsonl:FIELD"],
    [
      ['--by', 'jsonl:a.', '--records=jsonl:b', 'love', 'book'],
      "--by: 'jsonl:a.' has an empty name; FIELD is the name of a member, or names joined by dots",
    ],
    ...[[], ['--records=line'], ['--records=fastq']].map((records): [string[], string] => [
      [...records, '--by=jsonl:source', 'love', 'book'],
      '--by jsonl:FIELD needs --records jsonl:FIELD, the field of each line to count in',
    ]),
    [['--records=file', '--by=jsonl:source', 'love', 'book'], '--records file cannot be combined with --by'],
    [['--by=path:(\xe9)', 'love', 'book'], "--by: 'path:(\\xe9)' is not UTF-8"],
    [['--by=path:(', 'love', 'book'], "--by: 'path:(' has no valid regular expression: /(/u: Unterminated group"],
    [
      ['--by=path:x', 'love', 'book'],
      "--by: 'path:x' has no capture group: put the part that names a group in parentheses",
    ],
    [['--ids', '-e', 'love', 'book'], '--ids is about lists: give the patterns by -f, not by -e'],
    [['--ids', '-e', 'love', '-f', withIds, 'book'], '--ids is about lists: give the patterns by -f, not by -e'],
    [['--ids', 'love', 'book'], '--ids needs -f, the list whose lines are ID<TAB>PATTERN'],
    [['--ids', '-f', words, 'book'], `${words}: line 1 has no tab; with --ids, a line is ID<TAB>PATTERN`],
    [
      ['--ids', '-f', withIds, '-f', moreIds, 'book'],
      `${moreIds}: line 3 has the ID 'g2' of ${withIds}: line 2 again; make each ID unique`,
    ],
    [
      ['--ids', '-f', withIds, '-f', withIds, 'book'],
      `${withIds}: line 1 has the ID 'g1' of ${withIds}: line 1 again; make each ID unique`,
    ],
  ])('%j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(new UsageError(message));
  });

  test.each([[['love', '-']], [['love', 'book', '-', 'book']]])('with several ranks: %j', (args) => {
    expect(() => parseCount(args, 2)).toThrow(new UsageError(dash));
  });

  test('a missing pattern file is an InputError', () => {
    const missing = join(folder, 'missing');
    expect(() => parse('-f', missing, 'book')).toThrow(InputError);
    expect(() => parse('-f', missing, 'book')).toThrow(`${missing}: cannot read the patterns: no such file`);
  });
});
