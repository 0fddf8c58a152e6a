import type { Contestant } from './contestants/contestant.ts';
import type { Limits } from './contestants/limits.ts';
import type { Inputs } from './inputs/inputs.ts';

/** The inputs and measures that rows share. */
export interface Means {
  readonly inputs: Inputs;
  readonly limits: Limits;
  /** A folder for what contestants write. */
  readonly scratch: string;
}

/** A comparison of contestants with the first one. */
export interface Row {
  readonly name: string;
  readonly what: string;
  readonly contestants: (means: Means) => readonly Contestant[];
}
