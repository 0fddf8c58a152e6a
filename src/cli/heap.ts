// Node 20 to 24 have the option; one that does not would complain about it on every rank.
const newestTried = 24;

/**
 * Has V8's space for new objects, 2 MB, stay as small: while many small files are counted, nearly all objects are soon gone, and V8
 * would let that space grow to 33 MB in every rank.
 * https://github.com/nodejs/node/blob/v20.x/deps/v8/src/flags/flag-definitions.h (semi_space_growth_factor)
 */
export function keepHeapSmall(): void {
  if (Number.parseInt(process.versions.node) > newestTried) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}
