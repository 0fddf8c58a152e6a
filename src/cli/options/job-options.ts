import { ioChoices } from '../../corpus/io-method.ts';
import { logLevels, progressModes, scheduleKinds } from '../../job/plan/plan.ts';
import { generalOptions } from './general.ts';
import { logModes } from './mode.ts';
import type { Argument, OptionTable } from './option.ts';
import { outputOptions } from './output.ts';

/** The options of every command that runs a job. */
export const jobOptions = {
  'files-from': {
    type: 'string',
    multiple: true,
    valueName: 'FILE',
    value: { kind: 'file' },
    help: 'also count in the files and folders listed in FILE, one per line or zero-terminated (find -print0)',
    details: '`-` is standard input. The files of lists follow those on the command line.',
  },
  include: {
    type: 'string',
    multiple: true,
    valueName: 'GLOB',
    value: { kind: 'glob' },
    help: 'below folders, count only in files that match GLOB',
    details: 'Files that are named themselves are always counted. See [folders](#folders).',
  },
  exclude: {
    type: 'string',
    multiple: true,
    valueName: 'GLOB',
    value: { kind: 'glob' },
    help: 'below folders, leave out files and folders that match GLOB, also where --include matches',
    details: 'See [folders](#folders).',
  },
  ...outputOptions,
  'log-dir': {
    type: 'string',
    valueName: 'DIR',
    value: { kind: 'folder' },
    help: 'write to DIR: one log per rank, from which the count can be resumed, and result.json',
    details: 'See [resume.md](resume.md) and [log-format.md](log-format.md).',
  },
  resume: {
    type: 'boolean',
    help: 'continue the count that an earlier run left in DIR, with any number of ranks; if there is none, start it',
    details: 'Needs `--log-dir`, and `--log blocks`.',
  },
  'allow-growth': {
    type: 'boolean',
    help: 'files may grow during the count and before it is resumed; they are counted up to their initial size',
  },
  'no-decompress': {
    type: 'boolean',
    help: 'count the stored bytes of gzip, zstd, xz, bzip2, lz4 and UTF-16 files, not the text in them',
  },
  encoding: {
    type: 'string',
    valueName: 'NAME',
    value: { kind: 'bytes' },
    help: 'text is in the encoding NAME, such as CP1252 or SHIFT_JIS (iconv -l lists all), and is decoded to UTF-8',
    details:
      'Patterns stay UTF-8. A byte order mark comes before it; what is not valid in the encoding is an error. See ' +
      '[formats.md](formats.md#encodings).',
  },
  'skip-unreadable': {
    type: 'boolean',
    help: 'go on without files that cannot be read, list them in the result, and exit with status 6',
    details:
      'A file is skipped whole: missing, damaged, cut off, changed while it was counted. The first of them are named on standard error and in ' +
      'the result, all of them in the log folder. See [formats.md](formats.md).',
  },
  progress: {
    type: 'string',
    valueName: 'WHEN',
    value: { kind: 'choice', choices: progressModes },
    default: 'auto',
    help: 'show on standard error how far the job has got: always, never, or auto, if it is long',
    details:
      'On a terminal, the one of `mpirun` included, a line that is redrawn; elsewhere, a line at each 10 % and every 30 s, with `auto` from the ' +
      'first minute on. When all is counted, two lines sum it up. `auto` shows nothing of less than 128 MiB. See ' +
      '[known-issues.md](known-issues.md#any-launcher).',
  },
  'time-limit': {
    type: 'string',
    valueName: 'TIME',
    value: { kind: 'duration' },
    help: "stop before TIME is over (90s, 15m, 2h), to be resumed; SLURM's time limit is known without it",
    details: 'Needs `--log-dir`, and `--log blocks`. The exit status is then 85.',
  },
  log: {
    type: 'string',
    valueName: 'LEVEL',
    value: { kind: 'choice', choices: logLevels },
    default: 'blocks',
    help: 'write blocks to the logs, a summary only (the count cannot be resumed), or nothing (off)',
  },
  'log-sync': {
    type: 'string',
    valueName: 'TIME',
    value: { kind: 'duration' },
    default: '10s',
    help: 'make the logs durable every TIME, so that a crashed machine loses at most TIME of counting',
  },
  'log-mode': {
    type: 'string',
    valueName: 'MODE',
    value: { kind: 'mode', choices: logModes },
    help:
      `permissions of files in DIR (${logModes.join(', ')}), and matching ones of folders; the default is the umask. ` +
      'The files contain patterns and paths',
    details: 'Needs `--log-dir`.',
  },
  'log-shared': {
    type: 'boolean',
    help: 'accept a folder DIR that other users own or can write to',
    details: 'Needs `--log-dir`.',
  },
  threads: {
    type: 'string',
    valueName: 'N',
    // libuv's thread pool has at most 1024 threads.
    value: { kind: 'number', min: 1, max: 1000, note: 'it is for each rank' },
    default: '1',
    help: 'count N blocks concurrently in each rank',
  },
  io: {
    type: 'string',
    valueName: 'METHOD',
    value: { kind: 'choice', choices: ioChoices },
    default: 'auto',
    help: 'read files by mmap, by read, or by auto: the faster one on local file systems, large reads on all others',
  },
  schedule: {
    type: 'string',
    valueName: 'KIND',
    value: { kind: 'choice', choices: scheduleKinds },
    default: 'static',
    help: 'static: a rank counts its equal share of the blocks; dynamic: ranks get further blocks as they become free',
    details:
      'The totals are the same, and a count can be resumed with the other one. `dynamic` helps where ranks are not equally fast, or ' +
      'compressed files are not equally large.',
  },
  'block-size': {
    type: 'string',
    valueName: 'SIZE',
    value: { kind: 'size' },
    help: 'size of a block (4096, 64K, 16M, 1G); the totals do not depend on it',
    details:
      'Without it, a block has at most 64 MiB, and every rank and thread gets the same number of blocks, or with `--schedule dynamic` many small ones.',
  },
  ...generalOptions,
} as const satisfies OptionTable;

/** The files of every command that runs a job. */
export const jobFiles = {
  name: 'FILE',
  value: { kind: 'file' },
  multiple: true,
  help: 'a file to count in, or a folder, for all files below it; with one rank also a pipe, or - for standard input',
} as const satisfies Argument;
