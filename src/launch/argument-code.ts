// What stands between a user's shell and the ranks acts on some arguments: mpirun and mpiexec take a lone `:` as the start of a
// second program, which they execute; Open MPI 5 looks for options of its own behind the program's name; `srun --multi-prog`
// and the shells of some launchers expand `%t`, `$HOME` and blanks. So arguments that anything could act on travel percent-encoded,
// behind the word `--encoded`. All strings here have one character for each byte (src/cli/arguments.ts).

/** The first of the arguments when those behind it are percent-encoded. */
export const encodedWord = '--encoded';

const harmless = /^[A-Za-z0-9_./:=,+@-]+$/;
const harmful = /[^A-Za-z0-9_./:=,+@-]/g;

/**
 * Makes arguments that nothing on the way to the ranks acts on: the same ones where they are harmless, so that the command stays
 * readable; otherwise percent-encoded behind `--encoded`.
 * @param isOwnOption Tells the options of mpicount from words that launchers may take for their own.
 */
export function encodeArguments(args: readonly string[], isOwnOption: (argument: string) => boolean): string[] {
  const encoded = args.map((argument) => encodeArgument(argument, isOwnOption));
  return encoded.some((argument, index) => argument !== args[index]) ? [encodedWord, ...encoded] : [...args];
}

function encodeArgument(argument: string, isOwnOption: (argument: string) => boolean): string {
  if (argument === '') return '%';
  if (argument === ':') return percent(argument);
  const safe = harmless.test(argument) ? argument : argument.replace(harmful, percent);
  return safe.startsWith('-') && !isOwnOption(argument) ? `${percent('-')}${safe.slice(1)}` : safe;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}

/** The arguments that encodeArguments() was given, from what it made of them. */
export function decodeArguments(args: readonly string[]): string[] {
  if (args[0] !== encodedWord) return [...args];
  return args.slice(1).map((argument) => {
    if (argument === '%') return '';
    return argument.replace(/%([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  });
}
