/** @typedef {{ cflags: string[], libs: string[] }} Flags */
/**
 * Splits a command line the way a shell does, as far as wrapper compilers and pkg-config use its quoting.
 * @param {string} line
 * @returns {string[]}
 */
export function splitWords(line: string): string[];
/**
 * @param {string} word
 * @returns {string} the word as a shell reads it back
 */
export function quoteWord(word: string): string;
/**
 * Sorts the words of a wrapper's or pkg-config's answer. Only what finds headers and libraries is kept: a wrapper's own
 * taste (-O2, -flto, -g) is not ours. Headers become system headers, so that -Werror stays for our own code.
 * @param {string[]} words
 * @returns {Flags}
 */
export function sortFlags(words: string[]): Flags;
/**
 * @param {string[]} libs
 * @returns {boolean}
 */
export function namesLibrary(libs: string[]): boolean;
/**
 * @param {string[]} libs
 * @returns {string | undefined} the library of MPI's old C++ binding, which nothing here uses and newer MPIs lack
 */
export function cxxBinding(libs: string[]): string | undefined;
export type Flags = {
    cflags: string[];
    libs: string[];
};
