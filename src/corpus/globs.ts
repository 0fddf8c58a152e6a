import { isUtf8 } from 'node:buffer';

import type { Minimatch, MinimatchOptions } from 'minimatch';

import { printable } from '../base/bytes.ts';
import { MpicountError } from '../base/mpicount-error.ts';

/** A glob that cannot be meant as it is written. */
export class GlobError extends MpicountError {
  override readonly name = 'GlobError';
  override readonly kind = 'usage';

  constructor(option: string, glob: Uint8Array, what: string) {
    super(`--${option} '${printable(glob)}': ${what}`);
  }
}

/** The globs of a request, as bytes. */
export interface Globs {
  /** The value of each --include. */
  readonly include: readonly Buffer[];
  /** The value of each --exclude. */
  readonly exclude: readonly Buffer[];
}

// In bytes. Beyond these limits, the library would leave out some of the globs that braces stand for.
const maxLength = 2048;
const maxAlternatives = 1000;

// Globs match as in a shell without options, but hidden names, too. Parentheses and a leading `!` or `#` are part of many names.
const options: MinimatchOptions = {
  dot: true,
  noext: true,
  nonegate: true,
  nocomment: true,
  platform: 'linux',
  braceExpandMax: maxAlternatives,
};

type CompileGlob = (glob: string) => Minimatch;

/** Loads the library for globs, which most counts do without. */
export async function loadGlobs(): Promise<CompileGlob> {
  const { Minimatch } = await import('minimatch');
  return (glob) => new Minimatch(glob, options);
}

/** Selects files below a folder by globs. Paths are relative to the folder, with one character for each byte. */
export class Selection {
  readonly #include: readonly Glob[];
  readonly #exclude: readonly Glob[];

  /** @throws GlobError */
  constructor({ include, exclude }: Globs, compile: CompileGlob) {
    this.#include = include.map((glob) => new Glob('include', glob, compile));
    this.#exclude = exclude.map((glob) => new Glob('exclude', glob, compile));
  }

  /** Returns whether the globs select a file: one of --include, if there is any, and none of --exclude. */
  hasFile(path: string): boolean {
    const isIncluded = this.#include.length === 0 || this.#include.some((glob) => glob.matches(path, false));
    return isIncluded && !this.#exclude.some((glob) => glob.matches(path, false));
  }

  /** Returns whether a folder is searched: --include says nothing of folders. */
  hasFolder(path: string): boolean {
    return !this.#exclude.some((glob) => glob.matches(path, true));
  }
}

class Glob {
  /** Matches names that are UTF-8, of which `?` is one character; undefined if the glob itself is not UTF-8. */
  readonly #text: Minimatch | undefined;
  /** Matches all other names, of which `?` is one byte. */
  readonly #bytes: Minimatch;
  readonly #isOfNames: boolean;
  readonly #isOfFolders: boolean;

  constructor(option: 'include' | 'exclude', given: Buffer, compile: CompileGlob) {
    const refuse = (what: string) => new GlobError(option, given, what);
    if (given.length === 0) throw refuse('an empty glob matches nothing');
    if (given.length > maxLength) throw refuse(`is longer than ${maxLength} bytes, the limit`);
    const [, anchor, glob = '', end] = /^((?:\.\/)+|\/+)?(.*?)(\/+)?$/s.exec(given.toString('latin1')) ?? [];
    if (glob === '') throw refuse('matches nothing below a folder');
    this.#isOfNames = anchor === undefined && !glob.includes('/');
    this.#isOfFolders = end !== undefined;
    if (this.#isOfFolders && option === 'include') {
      throw refuse(`a slash at the end means folders, and --include is about files: write '${printable(given)}**'`);
    }
    this.#bytes = compile(glob);
    if (this.#bytes.set.length >= maxAlternatives) {
      throw refuse(`its braces stand for ${maxAlternatives} globs or more, the limit`);
    }
    this.#text = isUtf8(given) ? compile(utf8(glob)) : undefined;
  }

  matches(path: string, isFolder: boolean): boolean {
    if (this.#isOfFolders && !isFolder) return false;
    const compared = this.#isOfNames ? path.slice(path.lastIndexOf('/') + 1) : path;
    const isText = this.#text !== undefined && isUtf8(Buffer.from(compared, 'latin1'));
    return isText ? this.#text.match(utf8(compared)) : this.#bytes.match(compared);
  }
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString();
}
