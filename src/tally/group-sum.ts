import type { KernelGroups } from '../scan/kernel.ts';
import { GrowingCounters, type SparseCounters } from './counters.ts';
import { SparseRows } from './sparse-rows.ts';

/** The rows of groups that are named in a block, which do not depend on how its files are counted. */
export class GroupSum {
  readonly #width: number;
  readonly #parts: KernelGroups[] = [];

  constructor(width: number) {
    this.#width = width;
  }

  /** Adds the groups of some files of the block. */
  add(groups: KernelGroups): void {
    this.#parts.push(groups);
  }

  /** Returns the names of all groups, in order, and their rows. */
  counts(): { readonly groups: readonly string[]; readonly counts: SparseCounters } {
    const [first, ...others] = this.#parts;
    if (first && others.length === 0) return { groups: first.names, counts: first.rows };
    const sum = new SparseRows(this.#width);
    for (const { names, rows } of this.#parts) sum.add(names, rows);
    const groups: string[] = [];
    const counts = new GrowingCounters();
    for (const row of sum.inOrder()) {
      groups.push(String(row.key));
      const { columns } = row;
      counts.append({ length: this.#width, indices: [...columns], counts: Array.from(row.counts, Number) });
    }
    return { groups, counts };
  }
}
