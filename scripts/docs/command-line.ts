import { commands } from '../../src/cli/options/commands.ts';
import { programOptions } from '../../src/cli/options/general.ts';
import type { Argument, Command, Option, OptionTable, Value } from '../../src/cli/options/option.ts';

/** Returns docs/command-line.md: all commands with their arguments and options, as the tables in src/cli/options describe them. */
export function commandLinePage(): string {
  const parts = [
    '# The command line',
    '`npm run docs` makes this page of the tables in `src/cli/options/`, from which the parser and `--help` come, too.',
    'Options may stand anywhere before `--`, and the letters of options may be joined (`-iw`). A value follows its option, or `=` after ' +
      'the long name. Of an option that is given several times, the last value counts, unless it may be repeated.',
    'In place of a command:',
    ...optionTable(programOptions, false),
    ...commands.flatMap(section),
    '## Options of several commands',
    ...optionTable(sharedOptions(), true),
    '## Folders',
    ...folders,
    '## Groups',
    ...groups,
    '## Values',
    table(['value', 'is'], Object.entries(meanings)),
  ];
  return `${parts.join('\n\n')}\n`;
}

function section(command: Command): string[] {
  const own = Object.fromEntries(Object.entries(command.options).filter(([, option]) => !isShared(option)));
  const shared = Object.entries(command.options).filter(([, option]) => isShared(option));
  return [
    `## mpicount ${command.name}`,
    ['```', ...command.usage.map((usage) => `mpicount ${usage}`), '```'].join('\n'),
    capitalized(plain(command.help)),
    ...argumentTable(command.arguments),
    ...optionTable(own, false),
    `It also has ${shared.map(([name]) => `\`--${name}\``).join(', ')}: see [below](#options-of-several-commands).`,
    ...(command.notes === undefined ? [] : [plain(command.notes)]),
  ];
}

/** Returns the commands that have an option. */
function owners(option: Option): string[] {
  return commands.filter(({ options }) => Object.values(options).includes(option)).map(({ name }) => name);
}

function isShared(option: Option): boolean {
  return owners(option).length > 1;
}

function sharedOptions(): OptionTable {
  const all = commands.flatMap(({ options }) => Object.entries(options));
  return Object.fromEntries(all.filter(([, option]) => isShared(option)));
}

function argumentTable(args: readonly Argument[]): string[] {
  if (args.length === 0) return [];
  const rows = args.map(({ name, multiple, ...more }) => [`\`${name}\`${multiple ? '...' : ''}`, meaning(more)]);
  return [table(['argument', 'meaning'], rows)];
}

/** @param withOwners Whether a column names the commands that have an option. */
function optionTable(options: OptionTable, withOwners: boolean): string[] {
  const rows = Object.entries(options).map(([name, option]) => [
    names(name, option),
    option.type === 'string' ? valueCell(option.value) + (option.multiple ? ', may be repeated' : '') : '',
    option.type === 'string' && option.default !== undefined ? `\`${option.default}\`` : '',
    ...(withOwners ? [ownersCell(option)] : []),
    meaning(option),
  ]);
  if (rows.length === 0) return [];
  return [table(['option', 'value', 'default', ...(withOwners ? ['commands'] : []), 'meaning'], rows)];
}

function ownersCell(option: Option): string {
  const names = owners(option);
  return names.length === commands.length ? 'all' : names.join(', ');
}

function names(name: string, option: Option): string {
  const long = option.type === 'string' ? `--${name} ${option.valueName}` : `--${name}`;
  return option.short === undefined ? `\`${long}\`` : `\`-${option.short}\`, \`${long}\``;
}

function meaning({ help, details }: Pick<Option, 'help' | 'details'>): string {
  const sentence = `${capitalized(plain(help))}.`;
  return details === undefined ? sentence : `${sentence} ${details}`;
}

const folders = [
  'A folder among the input stands for every regular file below it, hidden ones too, in byte order of their paths. A link that is named is ' +
    'followed; links below a folder are not. Links, and pipes, sockets and devices below a folder, are left out, and a note on standard ' +
    'error and in `result.json` says how many. The log folder of the count itself and the files ' +
    'to which the job writes its output are left out, and a note says so; log folders of other ' +
    'counts are counted as anything else, with a note. A file that is named twice, or named and below a folder, counts twice.',
  'A folder that cannot be listed, also one below, is an error (status 3), or is skipped with `--skip-unreadable`. An input without any ' +
    'file is an error, too; where other files are left to count, a folder without a file is told in a note.',
  'A file below a folder is counted if it matches a GLOB of `--include`, or there is none, and no GLOB of `--exclude`. A folder that ' +
    'matches `--exclude` is not entered. What the user has named is always counted or entered; a note tells of named files that the globs ' +
    'would have left out.',
  'A GLOB without a slash is compared with the last name of a path, as `--include` of grep; one with a slash with the whole path below ' +
    'the named folder. `*` and `?` are any characters and any character but a slash, `[a-z]` and `[!a-z]` are classes, `{a,b}` are ' +
    'alternatives, `**` between slashes is any number of folders, and a backslash makes the next character an ordinary one. A slash at the ' +
    'beginning stands for the named folder. A slash at the end (of `--exclude`) matches folders only. Case matters. Names that are UTF-8 are ' +
    'compared by characters, all others byte by byte.',
  table(
    ['GLOB', 'matches, where the folder `corpus` is named'],
    [
      ['`*.txt`', '`corpus/a.txt`, `corpus/2019/.b.txt`'],
      ['`/*.txt`', '`corpus/a.txt`'],
      ['`2019/**/*.{gz,zst}`', '`corpus/2019/a.gz`, `corpus/2019/may/b.zst`'],
      ['`.git`', 'files and folders of that name'],
      ['`logs/`', 'folders of that name'],
    ],
  ),
];

const groups = [
  '`--by file` counts for each file, in the order of the files; a file that is named twice is two groups of one name. `--by path:REGEX` counts ' +
    'for each name that the first capture group of REGEX has in the paths, in the order of the bytes of the names. REGEX is a regular ' +
    'expression of JavaScript with the flag `u`, which may match anywhere in a path as it was named or found below a folder; a path that is ' +
    'not UTF-8 is matched byte by byte. Paths that do not match are together in the group with the empty name, and a note says how many there are.',
  '`--by jsonl:FIELD` needs `--records jsonl:FIELD2`, and counts for each string that FIELD has in the lines that are counted, in the order of the ' +
    'bytes of the strings, decoded as FIELD2 is. See [records.md](records.md#groups-of-json-lines).',
  'Only patterns that occur in a group are shown for it, so a group without any is not there, but in JSON with `--records`, which has the number of all records of each group. The sums over the groups are the totals, which ' +
    '`--format json` and `mpicount status` show. `--by` is part of the count: `--resume` refuses another one.',
  'Each rank needs memory for the counts of its groups that are not zero (about 24 bytes for each, and some 500 for each group). Rank 0 merges ' +
    'the groups of all ranks as they come. Standard output begins when the last one is there; until then, more than 32 MiB of them are in a file ' +
    'without a name in the log folder, or in TMPDIR without `--log-dir`. If it cannot be written, the status is 5, and standard output is empty. ' +
    'Under `mpicount launch`, the output may have up to 2 GiB.',
];

/** The meanings of the names in a column `value`. */
const meanings = {
  bytes: 'any bytes but zero',
  glob: 'a pattern of names or paths, as described [above](#folders)',
  file: 'the name of a file; `-` is standard input where the option says so',
  folder: 'the name of a folder',
  size: 'a number of bytes such as `4096`, `64K`, `16M` or `1G`, with powers of 1024',
  time: 'a number with a unit, such as `90s`, `15m`, `2h` or `1d`; seconds without one',
};

function valueCell(value: Value): string {
  switch (value.kind) {
    case 'choice':
    case 'mode':
      return value.choices.map((choice) => `\`${choice}\``).join(', ');
    case 'prefixed':
      return [...value.words, ...value.prefixes].map((choice) => `\`${choice}\``).join(', ');
    case 'number':
      return `${value.min} to ${value.max}`;
    case 'duration':
      return 'time';
    default:
      return value.kind;
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `|${cells.map((cell) => (cell === '' ? ' |' : ` ${cell} |`)).join('')}`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Escapes what Markdown would not show as it is. */
function plain(text: string): string {
  return text.replace(/[\\`*<|[\]]/g, '\\$&');
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
