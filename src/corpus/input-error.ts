import { printable } from '../base/bytes.ts';
import { MpicountError } from '../base/mpicount-error.ts';

/** An input file that cannot be counted, or has changed since the job was planned. */
export class InputError extends MpicountError {
  override readonly name = 'InputError';
  override readonly kind = 'input';
  readonly path: Uint8Array;
  /** The message without the path. */
  readonly what: string;

  constructor(path: Uint8Array, what: string, options?: ErrorOptions) {
    super(`${printable(path)}: ${what}`, options);
    this.path = path;
    this.what = what;
  }
}

/** Returns the error for a file that cannot be read at an offset, in bytes. */
export function unreadableAt(path: Uint8Array, offset: number, reason: string, cause: unknown): InputError {
  return new InputError(path, `cannot be read at byte ${offset}: ${reason}`, { cause });
}
