// What the programs beside this file print if all is well.

const lists = [2, 3, 4, 7].flatMap((length) => [20, 400].map((count) => `${count} patterns of ${length} bytes`));

/** The lines of edges.cc. */
export const linesOfEdges: readonly string[] = [
  'words: counted',
  'words: counted',
  ...lists.map((list) => `${list}: found all`),
];

const prefixes = ['', ', any case'].flatMap((cases) =>
  [2, 3, 4].flatMap((key) => [
    ...[1, 12, 200].map((count) => `${count} prefixes of ${key} to 8 bytes by ${key}${cases}`),
    `2000 prefixes of 6 to 8 bytes by ${key}${cases}`,
    `2000 prefixes of ${key} to ${key} bytes by ${key}${cases}`,
  ]),
);

/** The lines of prefix-filter.cc but for the first one, which names the vectors. */
export const linesOfPrefixFilter: readonly string[] = [
  'bits: the same',
  ...prefixes.map((list) => `${list}: found all`),
];
