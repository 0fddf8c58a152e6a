import { printable } from '../base/bytes.ts';
import { MpicountError } from '../base/mpicount-error.ts';

/** An input file that cannot be counted, or has changed since the job was planned. */
export class InputError extends MpicountError {
  override readonly name = 'InputError';
  override readonly kind = 'input';

  constructor(path: Uint8Array, what: string, options?: ErrorOptions) {
    super(`${printable(path)}: ${what}`, options);
  }
}
