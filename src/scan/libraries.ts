import { nativeScan } from './native.ts';

/** The library that decodes a format on this host. */
export interface DecoderLibrary {
  /** Its version and file, such as `1.3.1, /usr/bin/node`, and the file of a second library if one decodes some units; empty without a library. */
  readonly name: string;
  /** A message that names the missing library and says how to get it; undefined if it is there or none is needed. */
  readonly missing: string | undefined;
}

/** Looks for the library of a format. @param format Numbered as in native/source/decode/format.h. */
export function libraryOf(format: number): DecoderLibrary {
  const { version, file, missing, helper } = nativeScan().library(format);
  const second = helper === '' ? '' : ` and ${helper}`;
  return { name: version === '' ? '' : `${version}, ${file}${second}`, missing: missing === '' ? undefined : missing };
}
