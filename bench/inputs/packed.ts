import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync } from 'node:fs';

/** How a text is packed: the suffix of the file, and the command that packs standard input. */
interface Packing {
  readonly suffix: string;
  readonly command: string;
  /** Packs each piece of so many bytes on its own, so that the file is divided into as many members or frames. */
  readonly piece?: string;
}

export const packings = {
  'gzip members': { suffix: 'members.gz', command: 'gzip -c', piece: '1M' },
  'one gzip member': { suffix: 'gz', command: 'gzip -c' },
  BGZF: { suffix: 'bgzf.gz', command: 'bgzip -c' },
  'zstd frames': { suffix: 'frames.zst', command: 'zstd -q -c', piece: '4M' },
  'one bzip2 stream': { suffix: 'bz2', command: 'bzip2 -c' },
  'xz blocks': { suffix: 'xz', command: 'xz -1 -T2 --block-size=4MiB -c' },
  'lz4 blocks': { suffix: 'lz4', command: 'lz4 -q -c' },
} as const satisfies Record<string, Packing>;

export type PackingName = keyof typeof packings;

export function packFile(name: PackingName, text: string, path: string): void {
  const { command, piece }: Packing = packings[name];
  const script = piece === undefined ? `${command} <"$0"` : `split -b ${piece} --filter="${command}" "$0"`;
  const file = openSync(path, 'w');
  execFileSync('sh', ['-c', script, text], { stdio: ['ignore', file, 'inherit'] });
  fsyncSync(file);
  closeSync(file);
}
