import { jsonPrefix } from '../../tally/json-field.ts';
import { wordUnits } from '../../tally/record-unit.ts';
import { jobFiles, jobOptions } from './job-options.ts';
import type { Command } from './option.ts';

/** `mpicount count` */
export const count = {
  name: 'count',
  summary: 'count occurrences of patterns',
  usage: ['count [options] PATTERN FILE|FOLDER...', 'count [options] -e PATTERN... [-f FILE]... FILE|FOLDER...'],
  help:
    'prints COUNT<TAB>PATTERN, one line per pattern, in the order given. Patterns are literal bytes; each is counted ' +
    'independently of the others.',
  arguments: [
    {
      name: 'PATTERN',
      value: { kind: 'bytes' },
      unless: ['pattern', 'pattern-file'],
      help: 'the pattern to count, if neither -e nor -f is given',
    },
    jobFiles,
  ],
  options: {
    pattern: {
      type: 'string',
      short: 'e',
      multiple: true,
      valueName: 'PATTERN',
      value: { kind: 'bytes' },
      help: 'count PATTERN',
    },
    'pattern-file': {
      type: 'string',
      short: 'f',
      multiple: true,
      valueName: 'FILE',
      value: { kind: 'file' },
      help: 'count each line of FILE as a pattern (- is standard input)',
    },
    ids: {
      type: 'boolean',
      help: 'lines of the lists of -f are ID<TAB>PATTERN; the output shows the ID before the pattern',
      details:
        'IDs are bytes, as patterns are, and unique over all lists; neither has a tab. They are part of the count: `--resume` refuses other ones.',
    },
    by: {
      type: 'string',
      valueName: 'GROUP',
      value: { kind: 'prefixed', words: ['file'], prefixes: ['path:REGEX', `${jsonPrefix}FIELD`] },
      help:
        'break counts down by file, by path:REGEX, the first capture group of REGEX in the path, or by jsonl:FIELD, the string of another field ' +
        'of each line that --records jsonl:FIELD counts in; zeros are left out',
      details:
        'Text and CSV have the group as the last column, JSON has `groups` beside the totals. Groups are in the order of the files, or of their ' +
        'bytes. See [groups](#groups).',
    },
    'ignore-case': { type: 'boolean', short: 'i', help: 'ignore case (Unicode simple case folding)' },
    word: {
      type: 'boolean',
      short: 'w',
      help: 'count only whole words: no word character directly before or after',
    },
    overlapping: { type: 'boolean', help: 'also count occurrences that overlap the one counted before' },
    records: {
      type: 'string',
      valueName: 'UNIT',
      value: { kind: 'prefixed', words: wordUnits, prefixes: [`${jsonPrefix}FIELD`] },
      help:
        'also count the records that contain each pattern, and all records. A record is a line, as grep -c counts them (line), a file (file), a read ' +
        'of FASTQ, whose sequence alone is searched (fastq), or a JSON line, whose decoded FIELD alone is searched (jsonl:FIELD). ' +
        'Prints COUNT<TAB>RECORDS<TAB>PATTERN',
      details:
        'FIELD is the name of a member, or names joined by dots. With `file`, each file is counted as a whole by one rank, so a job takes as ' +
        'long as its largest file; a block that was begun in it is counted from its start when the job is resumed. `file` cannot be combined ' +
        'with `--by`. See [records.md](records.md).',
    },
    'skip-invalid': {
      type: 'boolean',
      help: 'leave out lines that are no JSON object, or have a FIELD, or a group, that is no string, list the first, and exit with status 6',
      details: 'Needs `--records jsonl:FIELD`. Without it, such a line is an error.',
    },
    ...jobOptions,
  },
  notes:
    'With one rank, FILE may be a pipe, or - for standard input. Text is bytes: the composed é (NFC) does not match an e with a ' +
    'combining accent (NFD). A pattern does not match across the lines of a wrapped FASTA file. Without --records ' +
    'jsonl:FIELD, JSON is counted as written, with its escapes and field names. Chinese, Japanese and Thai words are not separated by spaces, so -w finds few of them. sbatch and mpirun ' +
    'drop or misread a lone : as an argument; write -e:. Lists may be UTF-8 or, with a byte order mark, UTF-16; all their lines must ' +
    'end in LF, or all in CR LF.',
} as const satisfies Command;
