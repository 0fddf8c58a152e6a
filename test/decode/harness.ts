import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { native, sanitize } from '../support/native-sources.ts';

/** The formats, numbered as in native/source/decode/format.h. */
export const formatNumbers = { gzip: 1, zstd: 2, xz: 3, bzip2: 4, lz4: 5, utf16: 6, encoding: 7 } as const;
export type FormatName = keyof typeof formatNumbers;
/** The formats of compressed files. */
export const compressed = ['gzip', 'zstd', 'xz', 'bzip2', 'lz4'] as const satisfies FormatName[];

export interface Decoded {
  /** Whether a fault was found. */
  readonly failed: boolean;
  /** The number of units that were complete. */
  readonly units: number;
  /** The decoded text, up to the fault if there was one. */
  readonly text: Buffer;
  /** The stored offset of the fault, and what is wrong. */
  readonly message: string;
}

export interface Steps {
  /** The number of stored bytes for each step. */
  readonly feed?: number;
  /** The number of decoded bytes for each step. */
  readonly room?: number;
  /** Whether a decoder gets more room where it wants it, as it does by default. */
  readonly givesRoom?: boolean;
  /** The memory for a window or dictionary, in KiB. */
  readonly memory?: number;
  /** The encoding of the text. */
  readonly encoding?: string;
  /** Whether the stored bytes are those of a file, which can be read at any place; otherwise they are a stream. */
  readonly isFile?: boolean;
  /** How often the file can be read at some place. */
  readonly reads?: number;
  /** Where decoding begins. */
  readonly begin?: number;
}

/** What a decoder gives that finds no fault. */
export const complete = (text: Uint8Array, units: number): Decoded => ({
  failed: false,
  units,
  text: Buffer.from(text),
  message: '',
});

/** The decoders in a program of their own, which is built with sanitizers. */
export class Decoders {
  readonly #child;
  readonly #waiting: ((reply: Decoded) => void)[] = [];
  #received = Buffer.alloc(0);

  constructor(program: string, environment: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(program, { env: environment, stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child.stdout.on('data', (bytes: Buffer) => {
      this.#received = Buffer.concat([this.#received, bytes]);
      this.#deliver();
    });
  }

  /** Builds the program. */
  static build(program: string): void {
    const options = ['-std=gnu++20', '-O1', '-Wall', '-Wextra', '-Werror', '-fno-exceptions', '-I', native];
    const room = join(native, 'source', 'decode');
    const sources = readdirSync(room).filter((name) => name.endsWith('.cc'));
    const all = [join(import.meta.dirname, 'decode.cc'), ...sources.map((name) => join(room, name))];
    execFileSync('g++', [...options, ...sanitize, '-o', program, ...all, '-ldl']);
  }

  decode(format: FormatName, stored: Uint8Array, steps: Steps = {}): Promise<Decoded> {
    const {
      feed = 65_536,
      room = 4096,
      givesRoom = true,
      memory = 131_072,
      encoding = '',
      isFile = false,
      reads = 2 ** 31,
      begin = 0,
    } = steps;
    const sizes = [feed, room, memory, stored.length, encoding.length, isFile ? reads : 0, begin, Number(givesRoom)];
    const request = Uint32Array.of(formatNumbers[format], ...sizes);
    return new Promise((resolve, reject) => {
      if (this.#child.exitCode !== null) reject(new Error(`the decoders ended with ${this.#child.exitCode}`));
      this.#child.once('exit', reject);
      this.#waiting.push((reply) => {
        this.#child.off('exit', reject);
        resolve(reply);
      });
      this.#child.stdin.write(Buffer.concat([Buffer.from(request.buffer), Buffer.from(encoding)]));
      this.#child.stdin.write(stored);
    });
  }

  /** Ends the program. @returns Its exit status, which says whether a sanitizer complained. */
  async end(): Promise<number | null> {
    this.#child.stdin.end();
    return new Promise((resolve) => this.#child.once('exit', resolve));
  }

  #deliver(): void {
    for (;;) {
      if (this.#received.length < 16) return;
      const numbers = [0, 4, 8, 12].map((at) => this.#received.readUInt32LE(at));
      const [failed = 0, units = 0, storedSize = 0, messageSize = 0] = numbers;
      const end = 16 + storedSize + messageSize;
      if (this.#received.length < end) return;
      const text = this.#received.subarray(16, 16 + storedSize);
      const message = this.#received.toString('utf8', 16 + storedSize, end);
      this.#received = this.#received.subarray(end);
      this.#waiting.shift()?.({ failed: failed === 1, units, text, message });
    }
  }
}

/** The command of each format that packs standard input into one unit. */
export const packers: Readonly<Record<(typeof compressed)[number], readonly string[]>> = {
  gzip: ['gzip', '-c'],
  zstd: ['zstd', '-q', '-c'],
  xz: ['xz', '-c', '-0'],
  // The smallest blocks, for which the library needs the least memory.
  bzip2: ['bzip2', '-c', '-1'],
  lz4: ['lz4', '-q', '-c'],
};

/** Runs a program that packs its standard input. */
export function packWith(command: readonly string[], text: Uint8Array): Buffer {
  const [program = '', ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, { input: text, maxBuffer: 2 ** 30 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr.toString()}`);
  return stdout;
}

/** Returns a file of one unit. */
export function pack(format: (typeof compressed)[number], text: Uint8Array): Buffer {
  // zlib here is the library that the gzip program has a copy of, without a process for each text.
  return format === 'gzip' ? gzipSync(text) : packWith(packers[format], text);
}
