import { readFileSync } from 'node:fs';

/**
 * The arguments after the program's name, each as a string with one character for each byte: patterns and file names need
 * not be UTF-8, and process.argv replaces what is not.
 */
export function byteArguments(): string[] {
  const given = process.argv.slice(2);
  if (!given.some((argument) => argument.includes('\ufffd'))) {
    return given.map((argument) => Buffer.from(argument).toString('latin1'));
  }
  // Node's own options stand before, so count from the end.
  const all = readFileSync('/proc/self/cmdline', 'latin1').split('\0').slice(0, -1);
  return all.slice(all.length - given.length);
}

/** The bytes of such a string. */
export function bytesOf(argument: string): Buffer {
  return Buffer.from(argument, 'latin1');
}
