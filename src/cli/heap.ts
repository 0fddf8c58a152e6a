// Node 20 to 24 have the option. A Node without it would print a warning on every rank.
const newestTried = 24;

/**
 * Keeps V8's young generation at 2 MB. Counting many small files creates only short-lived objects, yet V8 would grow it to 33 MB
 * in every rank.
 * https://github.com/nodejs/node/blob/v20.x/deps/v8/src/flags/flag-definitions.h (semi_space_growth_factor)
 */
export function keepHeapSmall(): void {
  if (Number.parseInt(process.versions.node) > newestTried) return;
  process.getBuiltinModule('node:v8').setFlagsFromString('--semi-space-growth-factor=1');
}
