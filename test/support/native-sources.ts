import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import { packageRoot } from '../../src/base/package.ts';

export const native = join(packageRoot, 'native');

const run = promisify(execFile);

/** The options for programs that end where memory is used wrongly. Two checks are left out that take long to compile: AddressSanitizer finds what they would. */
export const sanitize: readonly string[] = [
  '-fsanitize=address,undefined',
  '-fno-sanitize=null,object-size',
  '-fno-sanitize-recover=all',
];

/** Returns the sources in native/match and native/kernel, for tests that compile them with a harness of their own. */
export function searchSources(): string[] {
  return ['match', 'kernel'].flatMap((room) =>
    readdirSync(join(native, room))
      .filter((name) => name.endsWith('.cc'))
      .map((name) => join(native, room, name)),
  );
}

/**
 * Builds programs that search in memory, each of a source beside the sources of the search. Compiles two sources at a time.
 *
 * @param compiler - With options beside those that all programs have.
 * @param folder - Gets the programs, with the names of their sources.
 */
export async function buildSearchPrograms(
  [compiler, ...more]: readonly [string, ...string[]],
  programs: readonly string[],
  folder: string,
): Promise<void> {
  const options = ['-std=gnu++20', '-O2', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native, ...more];
  const objectOf = (source: string) => join(folder, `${basename(source, '.cc')}.o`);
  const search = searchSources();
  const left = [...search, ...programs].values();
  const compileLeft = async () => {
    for (const source of left) await run(compiler, [...options, '-c', '-o', objectOf(source), source]);
  };
  await Promise.all([compileLeft(), compileLeft()]);
  for (const program of programs) {
    const objects = [program, ...search].map(objectOf);
    await run(compiler, [...options, '-o', join(folder, basename(program, '.cc')), ...objects]);
  }
}
