import { countBlocksIn } from '../../corpus/grid.ts';
import { takeUntilStopped } from '../stop/until-stopped.ts';
import { blocksOf } from './checked-assignment.ts';
import type { AssignedBlock, CheckedAssignment, Schedule } from './schedule.ts';

/** Every rank counts the one slice that it was assigned before counting began. */
export class StaticSchedule implements Schedule {
  readonly bytes: number;
  readonly assigned: number;
  readonly assignments: readonly [CheckedAssignment];
  readonly #left: Iterator<AssignedBlock, void>;

  constructor(assignment: CheckedAssignment, stop: AbortSignal) {
    this.bytes = assignment.layout.bytes(assignment.slice);
    this.assigned = countBlocksIn(assignment.slice);
    this.assignments = [assignment];
    this.#left = takeUntilStopped(blocksOf(assignment), stop);
  }

  next(): AssignedBlock | undefined {
    return this.#left.next().value ?? undefined;
  }
}
