import type { Contestant } from './contestants/contestant.ts';
import type { Limits } from './contestants/limits.ts';
import type { Inputs } from './inputs/inputs.ts';

/** What rows are made of. */
export interface Means {
  readonly inputs: Inputs;
  readonly limits: Limits;
  /** A folder for what contestants write. */
  readonly scratch: string;
}

/** What is compared. The first contestant is the one with which the others are compared. */
export interface Row {
  readonly name: string;
  readonly what: string;
  readonly contestants: (means: Means) => readonly Contestant[];
}
