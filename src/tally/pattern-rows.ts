import { isUtf8 } from 'node:buffer';

import { stringAt, type ByteStrings } from '../base/byte-strings.ts';
import { bytesToJson, printableJson, rowSafe } from '../base/bytes.ts';
import { ChunkWriter } from '../base/chunk-writer.ts';
import type { NamedPatterns } from './stored-patterns.ts';

// A million patterns with their counts, formatted from columns: a text or an object for each of them would take seconds.

/** Returns a counter of a row. */
export type CounterAt = (column: number) => number | bigint;

const [tab, newline, quote, comma, backslash] = [0x09, 0x0a, 0x22, 0x2c, 0x5c];

/** Formats rows of patterns: each has a count or, if records are counted, a second one, whose column is that of the first plus their number. */
export class PatternRows {
  readonly #named: NamedPatterns;
  readonly #hasRecords: boolean;
  #patternsJson: StringsJson | undefined;
  #idsJson: StringsJson | undefined;

  constructor(named: NamedPatterns, hasRecords: boolean) {
    this.#named = named;
    this.#hasRecords = hasRecords;
  }

  /** Yields a line for each pattern, in parts. */
  *lines(counterAt: CounterAt): Generator<Uint8Array> {
    const { patterns, ids } = this.#named;
    const { length } = patterns.ends;
    const chunk = new ChunkWriter();
    for (let index = 0; index < length; index += 1) {
      chunk.number(counterAt(index));
      chunk.byte(tab);
      if (this.#hasRecords) {
        chunk.number(counterAt(length + index));
        chunk.byte(tab);
      }
      if (ids) {
        putRowSafe(chunk, ids, index);
        chunk.byte(tab);
        putRowSafe(chunk, patterns, index);
      } else {
        chunk.bytes(patterns.bytes, beginOf(patterns, index), patterns.ends[index]);
      }
      chunk.byte(newline);
      if (chunk.isFull) yield chunk.take();
    }
    yield chunk.take();
  }

  /** Yields a list in JSON with an object for each of some patterns, in parts. */
  *json(indices: Iterable<number>, counterAt: CounterAt): Generator<string | Uint8Array> {
    const { patterns, ids } = this.#named;
    const { length } = patterns.ends;
    const patternsJson = (this.#patternsJson ??= new StringsJson(patterns));
    const idsJson = ids && (this.#idsJson ??= new StringsJson(ids));
    const chunk = new ChunkWriter();
    let isFirst = true;
    chunk.bytes(listBegin);
    for (const index of indices) {
      if (!isFirst) chunk.byte(comma);
      isFirst = false;
      if (idsJson) {
        chunk.bytes(beforeId);
        idsJson.put(chunk, index);
        chunk.bytes(betweenIdAndPattern);
      } else {
        chunk.bytes(beforePattern);
      }
      patternsJson.put(chunk, index);
      chunk.bytes(beforeCount);
      chunk.number(counterAt(index));
      if (this.#hasRecords) {
        chunk.bytes(beforeRecords);
        chunk.number(counterAt(length + index));
      }
      chunk.bytes(objectEnd);
      if (chunk.isFull) yield chunk.take();
    }
    chunk.bytes(listEnd);
    yield chunk.take();
  }
}

const [listBegin, listEnd, objectEnd] = [Buffer.from('['), Buffer.from(']'), Buffer.from('}')];
const [beforeId, betweenIdAndPattern] = [Buffer.from('{"id":'), Buffer.from(',"pattern":')];
const [beforePattern, beforeCount, beforeRecords] = ['{"pattern":', ',"count":', ',"records":'].map((text) =>
  Buffer.from(text),
) as [Buffer, Buffer, Buffer];

function beginOf({ ends }: ByteStrings, index: number): number {
  return index === 0 ? 0 : (ends[index - 1] ?? 0);
}

/** Puts a byte string so that it is in one row. */
function putRowSafe(chunk: ChunkWriter, list: ByteStrings, index: number): void {
  const { bytes, ends } = list;
  const [begin, end] = [beginOf(list, index), ends[index] ?? 0];
  let at = begin;
  while (at < end && isPrintableAscii(bytes[at] ?? 0)) at += 1;
  if (at === end) chunk.bytes(bytes, begin, end);
  else chunk.bytes(rowSafe(stringAt(list, index)));
}

/** Puts byte strings of a list into JSON. */
class StringsJson {
  readonly #list: ByteStrings;
  /** By byte, whether strings that consist of such bytes are the same in JSON. */
  readonly #isPlain: Uint8Array;

  constructor(list: ByteStrings) {
    this.#list = list;
    const hasCharacters = isUtf8(list.bytes);
    this.#isPlain = Uint8Array.from({ length: 256 }, (_, byte) => Number(isPlainByte(byte, hasCharacters)));
  }

  put(chunk: ChunkWriter, index: number): void {
    const { bytes, ends } = this.#list;
    const [begin, end] = [beginOf(this.#list, index), ends[index] ?? 0];
    let at = begin;
    while (at < end && this.#isPlain[bytes[at] ?? 0] === 1) at += 1;
    // The list may have a character of which one string is the beginning, and the next one the end.
    if (at < end || isContinuation(bytes[begin]) || isContinuation(bytes[end])) {
      chunk.text(printableJson(JSON.stringify(bytesToJson(stringAt(this.#list, index)))));
      return;
    }
    chunk.byte(quote);
    chunk.bytes(bytes, begin, end);
    chunk.byte(quote);
  }
}

// The first bytes of characters that may act on a terminal (printableJson()): those of U+0080 to U+009F, U+061C, and U+200E and others.
const firstOfActing = [0xc2, 0xd8, 0xe2];

/** @param hasCharacters Whether a byte that is not ASCII is part of a character. */
function isPlainByte(byte: number, hasCharacters: boolean): boolean {
  if (byte >= 0x80) return hasCharacters && !firstOfActing.includes(byte);
  return isPrintableAscii(byte) && byte !== quote && byte !== backslash;
}

function isPrintableAscii(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
