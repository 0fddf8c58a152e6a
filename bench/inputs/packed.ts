import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync } from 'node:fs';

export type PackingName =
  'gzip members' | 'one gzip member' | 'BGZF' | 'zstd frames' | 'one bzip2 stream' | 'xz blocks' | 'lz4 blocks';

/** How a text is packed: the suffix of the file, and the command that packs standard input. */
interface Packing {
  readonly suffix: string;
  readonly command: string;
  /** Packs each piece of so many bytes on its own, so that the file is divided into as many members or frames. */
  readonly piece?: string;
  /** Whether packed texts one after the other are what packing them together would have given. */
  readonly canFollow?: boolean;
}

export const packings: Readonly<Record<PackingName, Packing>> = {
  'gzip members': { suffix: 'members.gz', command: 'gzip -c', piece: '1M', canFollow: true },
  'one gzip member': { suffix: 'gz', command: 'pigz -c' },
  BGZF: { suffix: 'bgzf.gz', command: 'bgzip -c', canFollow: true },
  'zstd frames': { suffix: 'frames.zst', command: 'zstd -q -c', piece: '4M', canFollow: true },
  'one bzip2 stream': { suffix: 'bz2', command: 'lbzip2 -c' },
  'xz blocks': { suffix: 'xz', command: 'xz -1 -T2 --block-size=4MiB -c' },
  'lz4 blocks': { suffix: 'lz4', command: 'lz4 -q -c' },
};

export function packFile(name: PackingName, text: string, path: string): void {
  const { command, piece } = packings[name];
  const script = piece === undefined ? `${command} <"$0"` : `split -b ${piece} --filter="${command}" "$0"`;
  const file = openSync(path, 'w');
  execFileSync('sh', ['-c', script, text], { stdio: ['ignore', file, 'inherit'] });
  fsyncSync(file);
  closeSync(file);
}
