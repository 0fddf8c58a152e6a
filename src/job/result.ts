import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import { stringify } from 'lossless-json';

import { bytesToJson } from '../bytes.ts';
import { Layout } from '../corpus/grid.ts';
import type { Plan } from './plan.ts';
import { inFolder, OutputError } from './output.ts';

/** The totals, and what they are of. */
export interface Result {
  readonly plan: Plan;
  readonly ranks: number;
  readonly seconds: number;
  /** One for each pattern of the plan. */
  readonly totals: BigUint64Array;
}

/** The totals as one JSON object. Patterns that are not UTF-8 are `{"base64": ...}`; counts are exact integers of any size. */
export function resultJson({ plan, ranks, seconds, totals }: Result): string {
  const json = {
    patterns: plan.patterns.map((pattern, index) => ({ pattern: bytesToJson(pattern), count: totals[index] })),
    files: plan.files.length,
    bytes: new Layout(plan.files, plan.grid).bytes,
    ranks,
    complete: true,
    ...plan.options,
    seconds,
  };
  return `${stringify(json) ?? ''}\n`;
}

/** Removes the result of an earlier run, which would be taken for this one's. @throws OutputError */
export function removeResult(logDir: Buffer): void {
  const path = inFolder(logDir, 'result.json');
  OutputError.guard(path, () => {
    rmSync(path, { force: true });
  });
}

/**
 * Writes `result.json` into the log folder: whole or not at all, also when the machine stops in the middle.
 * @throws OutputError
 */
export function writeResult(logDir: Buffer, result: Result): void {
  const path = inFolder(logDir, 'result.json');
  const unfinished = inFolder(logDir, 'result.json.part');
  OutputError.guard(path, () => {
    const fd = openSync(unfinished, 'w');
    try {
      writeFileSync(fd, resultJson(result));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(unfinished, path);
  });
}
