import { gzipSync } from 'node:zlib';

import { bgzfBlock, skippable, type Unit } from '../decode/divided.ts';
import { gzipMember } from '../decode/gzip-member.ts';
import { compressed, pack } from '../decode/harness.ts';
import type { Dice } from './dice.ts';

/** How a file is stored: as it is, or in units of a format. */
export const layouts = ['plain', ...compressed, 'BGZF'] as const;
export type LayoutName = (typeof layouts)[number];

/** Units that a writer of the format could have made of a text; what they hold is the text, and now and then whole units as text. */
export function packText(text: Buffer, layout: LayoutName, dice: Dice): Unit[] {
  return packWith(between, text, layout, dice);
}

/** As packText(), but what the units hold is the text alone. */
export function packExactly(text: Buffer, layout: LayoutName, dice: Dice): Unit[] {
  return packWith(padding, text, layout, dice);
}

function packWith(more: typeof between, text: Buffer, layout: LayoutName, dice: Dice): Unit[] {
  if (layout === 'plain') return [{ text, stored: text }];
  // No block of BGZF holds more than 64 KiB.
  const parts = cutText(text, layout === 'BGZF' ? dice.integer(8, 40) : dice.integer(1, 12), dice);
  if (layout === 'BGZF') {
    const blocks = parts
      .flatMap((part) => halved(part, 40_000))
      .map((part) => ({ text: part, stored: bgzfBlock(part) }));
    return [...blocks, { text: Buffer.of(), stored: bgzfBlock(Buffer.of()) }];
  }
  const units = parts.map((part) => unitOf(part, layout, dice));
  return units.flatMap((unit, index) => [
    unit,
    ...(index === 0 || dice.chance(0.8) ? [] : [more(layout, units, dice)]),
  ]);
}

function unitOf(text: Buffer, format: (typeof compressed)[number], dice: Dice): Unit {
  if (format !== 'gzip' || dice.chance(0.5)) return { text, stored: pack(format, text) };
  const name = dice.chance(0.5) ? '\x1f\x8b\x08' : undefined;
  const middle = dice.integer(0, text.length);
  const header = { name, isChecked: dice.chance(0.5), system: dice.pick([0, 3, 255]) };
  return { text, stored: gzipMember([text.subarray(0, middle), text.subarray(middle)], header) };
}

/** Returns what may stand between two units: one without text, or one that holds others as its text. */
function between(format: (typeof compressed)[number], units: readonly Unit[], dice: Dice): Unit {
  if (dice.chance(0.5)) return padding(format, units, dice);
  const inner = innerUnits(units, dice);
  // What is compressed already is stored as it is, where the format can do that.
  return { text: inner, stored: format === 'gzip' ? gzipSync(inner, { level: 0 }) : pack(format, inner) };
}

/** Returns a unit without text: one that is skipped, where the format has those, which holds others, or an empty one. */
function padding(format: (typeof compressed)[number], units: readonly Unit[], dice: Dice): Unit {
  const text = Buffer.of();
  if (format === 'zstd' || format === 'lz4') return { text, stored: skippable(innerUnits(units, dice)) };
  if (format === 'xz') return { text, stored: Buffer.alloc(4 * dice.integer(1, 20)) };
  return { text, stored: pack(format, text) };
}

function innerUnits(units: readonly Unit[], dice: Dice): Buffer {
  return Buffer.concat([Buffer.from('love '), dice.pick(units).stored, dice.pick(units).stored]);
}

/** Cuts a text anywhere, also inside a character, into so many parts, of which some may be empty. */
export function cutText(text: Buffer, parts: number, dice: Dice): Buffer[] {
  const cuts = Array.from({ length: parts - 1 }, () => dice.integer(0, text.length));
  const bounds = [0, ...cuts, text.length].sort((a, b) => a - b);
  return bounds.slice(1).map((end, index) => text.subarray(bounds[index], end));
}

function halved(text: Buffer, most: number): Buffer[] {
  if (text.length <= most) return [text];
  const middle = text.length >> 1;
  return [...halved(text.subarray(0, middle), most), ...halved(text.subarray(middle), most)];
}
