import { commands } from '../options/commands.ts';
import { programOptions } from '../options/general.ts';
import type { Command, Option, OptionTable } from '../options/option.ts';
import { wrap } from './wrap.ts';

const title = 'mpicount counts every occurrence of given words in text of any size, over MPI ranks.';

const example = 'mpirun -np 4 mpicount count -i -e love -e hate book.txt';

const ending = `exit status: 0 done, 2 wrong usage, 3 input, 4 MPI or launch, 5 output or log,
             6 done, but for skipped files or lines, 70 a bug, 85 stopped early, can be resumed
environment: MPICOUNT_MPI=NAME selects the MPI build of that name; mpicount doctor lists them`;

/** Returns the help on all commands. An option that several commands have is described with the first of them. */
export function helpOnAll(): string {
  const described = new Map<Option, Command>();
  const sections = commands.map((command) => {
    const entries = Object.entries(command.options).filter(([name]) => name !== 'help');
    const own = entries.filter(([, option]) => !described.has(option));
    const shared = entries.filter(([, option]) => described.has(option));
    for (const [, option] of own) described.set(option, command);
    return section(command, [...lines(Object.fromEntries(own)), ...sharedLines(shared, described)]);
  });
  return page([...sections, lines(programOptions).join('\n')]);
}

/** Returns the help on one command. */
export function helpOn(command: Command): string {
  return page([section(command, lines(command.options))]);
}

function page(sections: readonly string[]): string {
  const usage = [...commands.flatMap((command) => command.usage.map((each) => `mpicount ${each}`)), example];
  return `${[title, `usage: ${usage.join('\n       ')}`, ...sections, ending].join('\n\n')}\n`;
}

function section({ name, help, notes }: Command, options: readonly string[]): string {
  const about = [wrap(`${name}: ${help}`), ...options].join('\n');
  return notes === undefined ? about : `${about}\n\n${wrap(notes)}`;
}

const column = 27;

function lines(options: OptionTable): string[] {
  return Object.entries(options).map(([name, option]) => {
    const names = `${option.short === undefined ? '    ' : `-${option.short}, `}--${name}`;
    const value = option.type === 'string' ? ` ${option.valueName}` : '';
    return `  ${names}${value}`.padEnd(column - 2) + `  ${wrap(meaning(option), ' '.repeat(column))}`;
  });
}

function meaning(option: Option): string {
  if (option.type === 'boolean') return option.help;
  const repeated = option.multiple ? '; may be repeated' : '';
  const initial = option.default === undefined ? '' : ` [default: ${option.default}]`;
  return option.help + repeated + initial;
}

/** Names the options that are described with an earlier command. */
function sharedLines(shared: readonly [string, Option][], described: ReadonlyMap<Option, Command>): string[] {
  const earlier = [...new Set(shared.map(([, option]) => described.get(option)))];
  return earlier.map((command) => {
    const names = shared.filter(([, option]) => described.get(option) === command).map(([name]) => `--${name}`);
    return `  ${wrap(`as in ${command?.name ?? ''}: ${names.join(', ')}`, '  ')}`;
  });
}
