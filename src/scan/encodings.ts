import { MpicountError } from '../base/mpicount-error.ts';
import { nativeScan } from './native.ts';

/** An encoding of text cannot be decoded on this host, although it can be on that of rank 0. */
export class EncodingError extends MpicountError {
  override readonly name = 'EncodingError';
  override readonly kind = 'input';
}

/** Returns whether a text may be the name of an encoding. A slash would begin options of iconv, such as to skip what is invalid. */
export function isEncodingName(name: string): boolean {
  return /^[A-Za-z0-9][\w.:()+-]{0,63}$/.test(name);
}

/** Returns why an encoding cannot be decoded on this host, as a sentence about it; undefined if it can be. */
export function encodingProblem(name: string): string | undefined {
  const problem = nativeScan().encodingProblem(name);
  return problem === '' ? undefined : problem;
}

/** Returns whether each byte of an encoding is a character whatever stands beside it, so that decoding may begin at any byte. */
export function isSingleByteEncoding(name: string): boolean {
  return nativeScan().isSingleByteEncoding(name);
}

/**
 * Checks that an encoding can be decoded on this host, so that a missing module is an error before anything is counted.
 * @throws EncodingError
 */
export function requireEncoding(name: string): void {
  const problem = encodingProblem(name);
  if (problem === undefined) return;
  const remedy = 'rank 0 can decode it: install the modules of iconv here, too (glibc-gconv-extra on Fedora and RHEL)';
  throw new EncodingError(`--encoding: ${problem}; ${remedy}`);
}
