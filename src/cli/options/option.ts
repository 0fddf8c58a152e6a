/** The type of the value of an option or an argument. */
export type Value =
  | { readonly kind: 'bytes' | 'glob' | 'file' | 'folder' | 'size' | 'duration' | 'job' }
  /** A number within bounds, with what a user who gave another one should know. */
  | { readonly kind: 'number'; readonly min: number; readonly max: number; readonly note: string }
  /** One of some words, or one of some modes of files. */
  | { readonly kind: 'choice' | 'mode'; readonly choices: readonly string[] }
  /** One of some words, or a prefix and a name, as in `jsonl:FIELD`. */
  | { readonly kind: 'prefixed'; readonly words: readonly string[]; readonly prefixes: readonly string[] };

interface Described {
  /** The meaning, for `--help`, in one sentence without a capital and a full stop. */
  readonly help: string;
  /** More sentences, for docs/command-line.md. */
  readonly details?: string;
}

/** An option without a value. */
export interface Flag extends Described {
  readonly type: 'boolean';
  readonly short?: string;
}

/** An option with a value. If it is given several times, the last value counts, unless it is `multiple`. */
export interface ValueOption extends Described {
  readonly type: 'string';
  readonly short?: string;
  readonly multiple?: true;
  /** The name that stands for the value in `--help`. */
  readonly valueName: string;
  readonly value: Value;
  readonly default?: string;
}

export type Option = Flag | ValueOption;

/** The options of a command by long name. An option is also what parseArgs() of node:util wants to know about it. */
export type OptionTable = Readonly<Record<string, Option>>;

/** A positional argument. */
export interface Argument extends Described {
  readonly name: string;
  readonly value: Value;
  readonly multiple?: true;
  /** The options in whose presence there is no such argument. */
  readonly unless?: readonly string[];
}

/** Everything that the parser, `--help`, docs/command-line.md and shell completion know about a command. */
export interface Command {
  readonly name: string;
  /** The purpose of the command, in a few words. */
  readonly summary: string;
  /** The ways to call it, without the name of the program. */
  readonly usage: readonly string[];
  /** The description of the command, in sentences that follow its name and a colon. */
  readonly help: string;
  readonly arguments: readonly Argument[];
  readonly options: OptionTable;
  /** A paragraph that follows the options. */
  readonly notes?: string;
}
