// Compiler and linker flags as lists of words: taken apart, sorted into compile and link, put together again.

/** @typedef {{ cflags: string[], libs: string[] }} Flags */

/**
 * Splits a command line the way a shell does, as far as wrapper compilers and pkg-config use its quoting.
 * @param {string} line
 * @returns {string[]}
 */
export function splitWords(line) {
  const words = line.match(/(?:[^\s"'\\]|\\[\s\S]|"(?:[^"\\]|\\[\s\S])*"|'[^']*')+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])/g,
      /** @type {(all: string, single?: string, double?: string, bare?: string) => string} */
      (_all, single, double, bare) => single ?? double?.replace(/\\([\\"$`])/g, '$1') ?? bare ?? '',
    ),
  );
}

/**
 * @param {string} word
 * @returns {string} the word as a shell reads it back
 */
export function quoteWord(word) {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

const SYSTEM_INCLUDE = /^(\/usr)?\/include\/?$/;
const SYSTEM_LIB = /^(\/usr)?\/lib(32|64)?(\/[^/]+-linux-gnu[^/]*)?\/?$/;
const CXX_BINDING = /(^-l|\/lib)(mpi_cxx|mpichcxx|mpicxx|mpi\+\+|pmpicxx)(\.|$)/;

/**
 * Sorts the words of a wrapper's or pkg-config's answer. Only what finds headers and libraries is kept: a wrapper's own
 * taste (-O2, -flto, -g) is not ours. Headers become system headers, so that -Werror stays for our own code.
 * @param {string[]} words
 * @returns {Flags}
 */
export function sortFlags(words) {
  /** @type {string[]} */
  const cflags = [];
  /** @type {string[]} */
  const libs = [];
  /** @type {string[]} */
  const folders = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    // Some write `-I DIR`, some `-IDIR`; after this there is one form.
    const value = (/** @type {string} */ flag) =>
      word.length > flag.length ? word.slice(flag.length) : (words[++i] ?? '');
    if (word.startsWith('-isystem')) addInclude(cflags, value('-isystem'));
    else if (word.startsWith('-I')) addInclude(cflags, value('-I'));
    else if (word.startsWith('-D')) cflags.push(`-D${value('-D')}`);
    else if (word.startsWith('-U')) cflags.push(`-U${value('-U')}`);
    else if (word === '-pthread') {
      cflags.push(word);
      libs.push(word);
    } else if (word.startsWith('-L')) {
      const folder = value('-L');
      folders.push(folder);
      libs.push(`-L${folder}`);
    } else if (word.startsWith('-l')) libs.push(`-l${value('-l')}`);
    else if (word.startsWith('-Wl,')) libs.push(word);
    else if (word === '-Xlinker') libs.push(`-Wl,${words[++i] ?? ''}`);
    else if (word === '-framework') libs.push(`-Wl,-framework,${words[++i] ?? ''}`);
    else if (isLibraryFile(word)) libs.push(word);
  }
  return { cflags: unique(cflags), libs: unique(withRpath(joinRpathPairs(libs), folders)) };
}

/**
 * @param {string[]} cflags
 * @param {string} folder
 */
function addInclude(cflags, folder) {
  // -isystem /usr/include breaks the C++ library's own #include_next.
  if (folder !== '' && !SYSTEM_INCLUDE.test(folder)) cflags.push('-isystem', folder);
}

/**
 * `-Xlinker -rpath -Xlinker DIR` (Intel MPI) must stay a pair: build tools drop words that repeat.
 * @param {string[]} libs
 * @returns {string[]}
 */
function joinRpathPairs(libs) {
  /** @type {string[]} */
  const joined = [];
  for (let i = 0; i < libs.length; i++) {
    const word = libs[i] ?? '';
    const next = libs[i + 1];
    if (/^-Wl,-{1,2}rpath$/.test(word) && next?.startsWith('-Wl,')) {
      joined.push(`-Wl,-rpath,${next.slice('-Wl,'.length)}`);
      i++;
    } else joined.push(word);
  }
  return joined;
}

/**
 * The addon must find its library when no module is loaded and no LD_LIBRARY_PATH is set.
 * @param {string[]} libs
 * @param {string[]} folders
 * @returns {string[]}
 */
function withRpath(libs, folders) {
  const given = libs.map((word) => /^-Wl,-{1,2}rpath[,=](.*)$/.exec(word)?.[1]);
  const missing = folders.filter((folder) => !SYSTEM_LIB.test(folder) && !given.includes(folder));
  return [...libs, ...missing.map((folder) => `-Wl,-rpath,${folder}`)];
}

/**
 * Drops repetitions; `-isystem DIR` counts as one.
 * @param {string[]} words
 * @returns {string[]}
 */
function unique(words) {
  /** @type {string[]} */
  const kept = [];
  /** @type {Set<string>} */
  const seen = new Set();
  for (let i = 0; i < words.length; i++) {
    const unit = words[i] === '-isystem' ? words.slice(i, ++i + 1) : words.slice(i, i + 1);
    const key = unit.join(' ');
    if (!seen.has(key)) kept.push(...unit);
    seen.add(key);
  }
  return kept;
}

/** @param {string} word */
function isLibraryFile(word) {
  return !word.startsWith('-') && /\.(so(\.\d+)*|a|dylib|tbd)$/.test(word);
}

/**
 * @param {string[]} libs
 * @returns {boolean}
 */
export function namesLibrary(libs) {
  return libs.some((word) => /^-l./.test(word) || isLibraryFile(word));
}

/**
 * @param {string[]} libs
 * @returns {string | undefined} the library of MPI's old C++ binding, which nothing here uses and newer MPIs lack
 */
export function cxxBinding(libs) {
  return libs.find((word) => CXX_BINDING.test(word));
}
