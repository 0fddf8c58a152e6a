import { readFileSync } from 'node:fs';

/**
 * Returns the arguments after the program's name, each as a string with one character per byte. Patterns and file names need
 * not be UTF-8, but process.argv replaces invalid sequences.
 */
export function byteArguments(): string[] {
  const given = process.argv.slice(2);
  if (!given.some((argument) => argument.includes('\ufffd'))) {
    return given.map((argument) => Buffer.from(argument).toString('latin1'));
  }
  // Node's own options come first, so the arguments are taken from the end.
  const all = readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1);
  return all.slice(all.length - given.length);
}

/** Returns the bytes of an argument from byteArguments(). */
export function bytesOf(argument: string): Buffer {
  return Buffer.from(argument, 'latin1');
}
