import { appendFileSync, copyFileSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import type { Dice } from './dice.ts';
import { rankLogs } from './journals.ts';

/** What a power cut, a failing disk or a careless copy may do to one rank log. */
const kinds: Readonly<Record<string, (log: string, dice: Dice) => void>> = {
  'cut off': (log, dice) => {
    truncateSync(log, dice.integer(0, statSync(log).size));
  },
  'zeros at the end': (log, dice) => {
    const bytes = readFileSync(log);
    writeFileSync(log, bytes.fill(0, dice.integer(0, bytes.length)));
  },
  'zeros appended': (log, dice) => {
    appendFileSync(log, Buffer.alloc(dice.size(1, 5000)));
  },
  lost: (log) => {
    rmSync(log);
  },
  'lines doubled': (log, dice) => {
    const lines = readFileSync(log, 'latin1').split('\n');
    const some = lines.filter(() => dice.chance(0.5));
    appendFileSync(log, Buffer.from(`\n${some.join('\n')}`, 'latin1'));
  },
  'copied beside': (log) => {
    const copy = join(dirname(log), `rank-0009${basename(log).slice(-8)}`);
    if (copy !== log) copyFileSync(log, copy);
  },
  'garbage appended': (log, dice) => {
    const garbage = Buffer.from(Array.from({ length: dice.size(1, 5000) }, () => dice.integer(0, 255)));
    appendFileSync(log, garbage);
  },
  'bits flipped': (log, dice) => {
    const bytes = readFileSync(log);
    for (let flips = dice.integer(1, 20); flips > 0 && bytes.length > 0; flips -= 1) {
      bytes[dice.integer(0, bytes.length - 1)]! ^= 1 << dice.integer(0, 7);
    }
    writeFileSync(log, bytes);
  },
};

export const damageNames: readonly string[] = Object.keys(kinds);

/** Damages one or several rank logs, all in the same way; tells which way, when there were any. */
export function damage(logDir: string, dice: Dice): string | undefined {
  const logs = rankLogs(logDir);
  if (logs.length === 0) return undefined;
  const name = dice.pick(damageNames);
  const hit = dice.some(logs);
  for (const log of hit) kinds[name]!(log, dice);
  return name;
}
