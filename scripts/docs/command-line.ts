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

/** The meanings of the names in a column `value`. */
const meanings = {
  bytes: 'any bytes but zero',
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
