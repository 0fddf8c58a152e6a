import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes a file or a folder unless it is there: it gets its name when it is whole. */
export function makeOnce(path: string, make: (temporary: string) => void): string {
  if (existsSync(path)) return path;
  console.error(`bench: making ${path}`);
  const temporary = `${path}.new`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  make(temporary);
  renameSync(temporary, path);
  return path;
}

/** Writes the pieces to disk, too: pages that wait to be written cannot be dropped from the page cache. */
export function writeFile(path: string, pieces: Iterable<Uint8Array>): void {
  const file = openSync(path, 'w');
  for (const piece of pieces) {
    for (let written = 0; written < piece.length;) written += writeSync(file, piece, written);
  }
  fsyncSync(file);
  closeSync(file);
}

export function* copies(piece: Uint8Array, times: number): Generator<Uint8Array> {
  for (let copy = 0; copy < times; copy += 1) yield piece;
}

/** Short, as they have to be (contestants/mpicount.ts). */
export function smallFileNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => join(String(Math.floor(index / 100)), String(index % 100)));
}

/** Cuts text into files, at ends of lines. @param lengthOf Returns about how many bytes the file with an index is to have. */
export function writeSmallFiles(
  folder: string,
  text: Buffer,
  names: readonly string[],
  lengthOf: (index: number) => number,
): void {
  let start = 0;
  for (const [index, name] of names.entries()) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    const length = lengthOf(index);
    if (start + length >= text.length) start = 0;
    const end = text.indexOf('\n', start + length) + 1 || text.length;
    writeFileSync(join(folder, name), text.subarray(start, end));
    start = end;
  }
}
