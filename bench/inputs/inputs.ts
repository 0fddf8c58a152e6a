import { mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { packageRoot } from '../../src/base/package.ts';
import { Dice } from './dice.ts';
import { copies, makeOnce, smallFileNames, writeFile, writeSmallFiles } from './files.ts';
import { jsonLines, type Escaping } from './json-lines.ts';
import { patternList } from './lists.ts';
import { identifiers, logLines, readsOf, sentenceEnds } from './long-lists.ts';
import { vocabularyOfCharacters, vocabularyOfWords, type Vocabulary } from './vocabulary.ts';
import { packFile, packings, type PackingName } from './packed.ts';
import { makeGuides, reads } from './reads.ts';
import { chinese, western, write } from './writing.ts';

/** A file, or a folder of them, to count in. */
export interface Input {
  readonly name: string;
  readonly path: string;
  /** The file itself, or all that are in the folder. */
  readonly files: readonly string[];
  readonly bytes: number;
  /** How often the text from which it was made is in it: counts of inputs from one text are as these numbers. */
  readonly copies: number;
}

/** Makes what is asked for, in a folder where it stays, and always the same. */
export class Inputs {
  readonly #folder: string;
  readonly #scale: Scale;
  #english: Vocabulary | undefined;

  constructor(folder: string, scale: Scale) {
    // Inputs that were made by another version of this folder's code are not these.
    this.#folder = join(folder, `${scale.name}-2`);
    this.#scale = scale;
  }

  /** English: the text of which the larger ones are copies (64 MiB, so that no cache and no predictor knows it again). */
  prose(size: keyof Scale['copies']): Input {
    return this.#copied('english', size, () => write(this.#vocabulary(), western, this.#scale.text, new Dice(1)));
  }

  /** As long as War and Peace. */
  book(): Input {
    return this.#file('english-book.txt', 1, () => [write(this.#vocabulary(), western, 3_200_000, new Dice(2))]);
  }

  /** English without a newline. */
  line(): Input {
    const text = () => {
      const bytes = Buffer.from(readFileSync(this.prose('text').path));
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at)) bytes[at] = 32;
      return bytes;
    };
    const times = this.#scale.copies.large;
    return this.#file('english-line.txt', times, () => copies(text(), times));
  }

  /** Lines of one letter: a pattern of that letter nearly matches everywhere. */
  oneLetter(): Input {
    const line = Buffer.from(`${'a'.repeat(10_000)}\n`);
    return this.#file('one-letter.txt', 1, () => copies(line, Math.ceil(this.#scale.text / line.length)));
  }

  /** English in many files of two to fourteen thousand bytes. */
  smallFiles(): Input {
    return this.#inFiles('english-files', this.#scale.files, (index) => 2000 + ((index * 7919) % 12_000));
  }

  /** English in ten times as many files of 2.5 kB. */
  manyFiles(): Input {
    return this.#inFiles('english-many-files', 10 * this.#scale.files, () => 2500);
  }

  /** English in a compressed file, whose bytes are those of the text: so much that starting does not decide, but that a decoder on one core ends. */
  packed(packing: PackingName): Input {
    const { suffix, canFollow } = packings[packing];
    const name = (size: string) => `english-${size}.txt.${suffix}`;
    const packed = (size: 'part' | 'large') =>
      makeOnce(join(this.#folder, name(size)), (temporary) => {
        packFile(packing, this.prose(size).path, temporary);
      });
    if (!canFollow) {
      const path = packed('large');
      return { ...this.prose('large'), path, files: [path] };
    }
    const text = this.prose('larger');
    const times = this.#scale.copies.larger / this.#scale.copies.part;
    const path = makeOnce(join(this.#folder, name('larger')), (temporary) => {
      writeFile(temporary, copies(readFileSync(packed('part')), times));
    });
    return { ...text, path, files: [path] };
  }

  russian(size: keyof Scale['copies']): Input {
    return this.#copied('russian', size, () => {
      const vocabulary = vocabularyOfWords(wordsOf('russian'), { любовь: 200 }, this.#scale.words, new Dice(3));
      return write(vocabulary, western, this.#scale.text, new Dice(4));
    });
  }

  chinese(size: keyof Scale['copies']): Input {
    return this.#copied('chinese', size, () => {
      const vocabulary = vocabularyOfCharacters(wordsOf('chinese').join(''), { 爱情: 200 }, 3000);
      return write(vocabulary, chinese, this.#scale.text, new Dice(5));
    });
  }

  /** The English text as documents. */
  jsonLines(size: keyof Scale['copies']): Input {
    return this.#copied('english-json', size, () => {
      return Buffer.concat([...jsonLines(readFileSync(this.prose('text').path), 'UTF-8')]);
    });
  }

  russianJsonLines(escaping: Escaping, size: keyof Scale['copies']): Input {
    return this.#copied(`russian-json-${escaping}`, size, () => {
      return Buffer.concat([...jsonLines(readFileSync(this.russian('text').path), escaping)]);
    });
  }

  /** A file of guides, so many on the full scale; a shorter list is the start of a longer one. */
  guides(fullSize: number): string {
    const guides = makeGuides(Math.round(fullSize * this.#scale.lists), new Dice(7));
    return makeOnce(join(this.#folder, `${guides.length}-guides.txt`), (temporary) =>
      writeFile(temporary, [Buffer.from(`${guides.join('\n')}\n`)]),
    );
  }

  /** Reads with 10,000 guides on the full scale, in compressed files. */
  samples(): Input {
    const guides = linesOf(this.guides(10_000));
    const names = Array.from({ length: 8 }, (_, index) => `sample-${index + 1}.fastq.gz`);
    const path = makeOnce(join(this.#folder, 'samples'), (temporary) => {
      mkdirSync(temporary);
      for (const [index, name] of names.entries()) {
        const fastq = Buffer.concat([...reads(guides, this.#scale.text / names.length, new Dice(100 + index))]);
        writeFile(join(temporary, name), [gzipSync(fastq)]);
      }
    });
    return input(
      path,
      names.map((name) => join(path, name)),
      1,
    );
  }

  /** A file of English patterns, so many on the full scale. */
  list(fullSize: number): string {
    const size = Math.max(3, Math.round(fullSize * this.#scale.lists));
    return makeOnce(join(this.#folder, `${size}-patterns.txt`), (temporary) => {
      const list = patternList(this.#vocabulary().words, ['love', 'harpoon'], size, new Dice(size));
      writeFile(temporary, [Buffer.from(`${list.join('\n')}\n`)]);
    });
  }

  /** A file of ends of English sentences. */
  sentenceEnds(fullSize: number): string {
    return this.#listed('sentence-ends', fullSize, (size) => {
      const text = readFileSync(this.prose('text').path, 'latin1');
      return sentenceEnds(text, this.#vocabulary(), size, new Dice(size));
    });
  }

  /** A file of sequences of DNA. */
  sequences(fullSize: number, length: number): string {
    return this.#listed(`sequences-of-${length}`, fullSize, (size) => makeGuides(size, new Dice(8), length));
  }

  /** Reads with such sequences, and random bases around them. */
  readsOf(fullSize: number, length: number, size: keyof Scale['copies']): Input {
    return this.#copied(`reads-of-${fullSize}-${length}`, size, () => {
      const listed = linesOf(this.sequences(fullSize, length));
      return Buffer.concat([...readsOf(listed, this.#scale.text, new Dice(9))]);
    });
  }

  /** A file of identifiers with long prefixes in common. */
  identifiers(fullSize: number): string {
    return this.#listed('identifiers', fullSize, (size) => identifiers(this.#vocabulary(), size, new Dice(10)));
  }

  /** A log with twice as many identifiers, among them these. */
  log(fullSize: number, size: keyof Scale['copies']): Input {
    return this.#copied(`log-of-${fullSize}`, size, () => {
      const all = linesOf(this.identifiers(2 * fullSize));
      return Buffer.concat([...logLines(all, this.#scale.text, new Dice(11))]);
    });
  }

  #listed(name: string, fullSize: number, make: (size: number) => string[]): string {
    const size = Math.round(fullSize * this.#scale.lists);
    return makeOnce(join(this.#folder, `${size}-${name}.txt`), (temporary) => {
      writeFile(temporary, [Buffer.from(`${make(size).join('\n')}\n`, 'latin1')]);
    });
  }

  #vocabulary(): Vocabulary {
    // `love` and `risk`, `harpoon` and `kestrel` come equally often; one of each has letters that fold to more than two.
    const planted = { love: 200, risk: 200, harpoon: 1, kestrel: 1 };
    this.#english ??= vocabularyOfWords(wordsOf('english'), planted, this.#scale.words, new Dice(6));
    return this.#english;
  }

  #inFiles(folder: string, count: number, lengthOf: (index: number) => number): Input {
    const names = smallFileNames(count);
    const path = makeOnce(join(this.#folder, folder), (temporary) =>
      writeSmallFiles(temporary, readFileSync(this.prose('text').path), names, lengthOf),
    );
    const files = names.map((name) => join(path, name));
    return input(path, files, 1);
  }

  #copied(language: string, size: keyof Scale['copies'], make: () => Buffer): Input {
    if (size === 'text') return this.#file(`${language}-text.txt`, 1, () => [make()]);
    const times = this.#scale.copies[size];
    return this.#file(`${language}-${size}.txt`, times, () => {
      return copies(readFileSync(this.#copied(language, 'text', make).path), times);
    });
  }

  #file(name: string, times: number, make: () => Iterable<Uint8Array>): Input {
    const path = makeOnce(join(this.#folder, name), (temporary) => writeFile(temporary, make()));
    return input(path, [path], times);
  }
}

/** How large the inputs are. */
export interface Scale {
  readonly name: string;
  /** Bytes of a text. */
  readonly text: number;
  readonly copies: Readonly<Record<'text' | 'part' | 'large' | 'larger' | 'largest', number>>;
  readonly files: number;
  /** How many different words there are. */
  readonly words: number;
  /** How long lists of patterns are, as a share of what their name says. */
  readonly lists: number;
}

/** 64 and 256 MiB, 1, 4 and 16 GiB. */
export const full: Scale = {
  name: 'full',
  text: 64 * 2 ** 20,
  copies: { text: 1, part: 4, large: 16, larger: 64, largest: 256 },
  files: 10_000,
  words: 100_000,
  lists: 1,
};

/** A hundredth of that, to see that all works. */
export const quick: Scale = {
  name: 'quick',
  text: 2 ** 21,
  copies: { text: 1, part: 2, large: 4, larger: 8, largest: 16 },
  files: 100,
  words: 20_000,
  lists: 0.1,
};

function input(path: string, files: readonly string[], times: number): Input {
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  const size = bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 2 ** 30).toFixed(0)} GiB`;
  const name = files.length === 1 ? size : `${files.length} files, ${size}`;
  return { name, path, files, bytes, copies: times };
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'latin1').trimEnd().split('\n');
}

function wordsOf(language: string): string[] {
  const text = readFileSync(join(packageRoot, 'bench', 'inputs', 'words', `${language}.txt`), 'utf8');
  return [...new Set(text.split(/\s+/).filter((word) => word !== ''))];
}
