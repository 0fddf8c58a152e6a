// Programs between a user's shell and the ranks interpret some arguments: mpirun and mpiexec execute what follows a lone `:` as a
// second program; Open MPI 5 looks for its own options after the program's name; `srun --multi-prog` and the shells of some
// launchers expand `%t`, `$HOME` and blanks. Therefore such arguments are passed percent-encoded, after the word `--encoded`.
// All strings here have one character per byte (src/cli/arguments.ts).

/** The first argument if the following ones are percent-encoded. */
export const encodedWord = '--encoded';

const harmless = /^[A-Za-z0-9_./:=,+@-]+$/;
const harmful = /[^A-Za-z0-9_./:=,+@-]/g;

/**
 * Encodes arguments so that no program between here and the ranks interprets them. Harmless ones stay as they are, so that the
 * command stays readable; if any is not harmless, the result starts with `--encoded`.
 * @param isOwnOption Distinguishes options of mpicount from words that launchers may take for their own options.
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

/** Reverses encodeArguments(). */
export function decodeArguments(args: readonly string[]): string[] {
  if (args[0] !== encodedWord) return [...args];
  return args.slice(1).map((argument) => {
    if (argument === '%') return '';
    return argument.replace(/%([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  });
}
