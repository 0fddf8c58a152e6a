import { parseArgs, type ParseArgsConfig } from 'node:util';

import { commands } from '../options/commands.ts';
import { programOptions } from '../options/general.ts';
import { jobNames, jobs } from '../options/jobs.ts';
import type { Argument, Command, OptionTable, Value } from '../options/option.ts';
import { splitAtJob } from '../options/split-at-job.ts';

/** The words and names with which a shell can replace the last word of a command line. */
export interface Completions {
  /** The names that the shell itself completes. */
  readonly paths: 'files' | 'folders' | 'none';
  readonly candidates: readonly Candidate[];
}

interface Candidate {
  readonly word: string;
  readonly help: string;
}

const nothing: Completions = { paths: 'none', candidates: [] };

/**
 * Completes a command line.
 * @param words The words after the name of the program, up to the cursor; the last one may be empty.
 * @returns All candidates for the place of the last word. The shell selects those that match it.
 */
export function complete(words: readonly string[]): Completions {
  const [name = '', ...rest] = words;
  if (rest.length === 0) {
    return name.startsWith('-')
      ? optionNames(programOptions)
      : of(commands.map((each) => ({ ...each, help: each.summary })));
  }
  const command = commands.find((each) => each.name === name);
  return command ? completeCommand(command, rest) : nothing;
}

function completeCommand(command: Command, words: readonly string[]): Completions {
  const [before, current] = [words.slice(0, -1), words.at(-1) ?? ''];
  const isLauncher = command.arguments.some(({ value }) => value.kind === 'job');
  if (isLauncher && splitAtJob(before).job) return completeJob(splitAtJob(words).job ?? []);

  const tokens = tokensOf(before, command.options);
  const last = tokens.at(-1);
  if (last?.kind === 'option' && last.value === undefined) {
    const option = optionOf(command.options, last.name);
    if (option?.type === 'string') return completeValue(option.value);
  }
  if (!tokens.some(({ kind }) => kind === 'option-terminator')) {
    const [, name = '', equals = ''] = /^--([^=]+)(=)?/.exec(current) ?? [];
    if (equals !== '') {
      const option = optionOf(command.options, name);
      return option?.type === 'string' ? completeValue(option.value, `--${name}=`) : nothing;
    }
    if (current.startsWith('-')) return optionNames(command.options);
  }
  const argument = argumentAt(command, tokens);
  return argument ? completeValue(argument.value) : nothing;
}

function completeJob(words: readonly string[]): Completions {
  const [name = '', ...rest] = words;
  if (rest.length === 0) return of(jobNames.map((each) => ({ name: each, help: jobs[each].summary })));
  const job = jobNames.find((each) => each === name);
  return job ? completeCommand(jobs[job], rest) : nothing;
}

type Token = ReturnType<typeof tokensOf>[number];

function tokensOf(args: readonly string[], options: OptionTable) {
  const config = {
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  } satisfies ParseArgsConfig;
  return parseArgs(config).tokens;
}

function optionOf(options: OptionTable, name: string) {
  return Object.hasOwn(options, name) ? options[name] : undefined;
}

/** Returns the argument that stands behind some words of a command line. */
function argumentAt(command: Command, before: readonly Token[]): Argument | undefined {
  const given = new Set(before.map((token) => (token.kind === 'option' ? token.name : '')));
  const expected = command.arguments.filter(({ unless }) => !unless?.some((name) => given.has(name)));
  const last = expected.at(-1);
  return expected[before.filter(({ kind }) => kind === 'positional').length] ?? (last?.multiple ? last : undefined);
}

/** @param prefix The part of the word that stands before the value. */
function completeValue(value: Value, prefix = ''): Completions {
  switch (value.kind) {
    case 'choice':
    case 'mode':
      return of(value.choices.map((name) => ({ name: prefix + name, help: '' })));
    case 'prefixed':
      return of(value.words.map((name) => ({ name: prefix + name, help: '' })));
    case 'file':
      return { paths: 'files', candidates: [] };
    case 'folder':
      return { paths: 'folders', candidates: [] };
    case 'job':
      return of([{ name: '--', help: 'the command follows' }]);
    default:
      return nothing;
  }
}

function optionNames(options: OptionTable): Completions {
  return of(
    Object.entries(options).flatMap(([name, { short, help }]) => [
      { name: `--${name}`, help },
      ...(short === undefined ? [] : [{ name: `-${short}`, help }]),
    ]),
  );
}

function of(named: readonly { readonly name: string; readonly help: string }[]): Completions {
  return { paths: 'none', candidates: named.map(({ name, help }) => ({ word: name, help })) };
}
