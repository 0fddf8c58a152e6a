import { printable } from '../bytes.ts';

/** An input file that cannot be counted, or no longer is what it was when the job was planned. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(path: Uint8Array, what: string, options?: ErrorOptions) {
    super(`${printable(path)}: ${what}`, options);
  }
}
