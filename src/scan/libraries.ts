import { nativeScan } from './native.ts';

/** The library that decodes a format on this host. */
export interface DecoderLibrary {
  /** The version, as the library tells it; empty without a library. */
  readonly version: string;
  /** The file of the library; empty if it is not known. */
  readonly file: string;
  /** A message that names the missing library and says how to get it; undefined if it is there or none is needed. */
  readonly missing: string | undefined;
}

/** Looks for the library of a format. @param format Numbered as in native/source/decode/format.h. */
export function libraryOf(format: number): DecoderLibrary {
  const { missing, ...found } = nativeScan().library(format);
  return { ...found, missing: missing === '' ? undefined : missing };
}
