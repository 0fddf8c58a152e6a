import { mpicount } from './contestants/mpicount.ts';
import { decodedGrep, decoding, decodingTwice, ripgrepZ } from './contestants/decoders.ts';
import type { PackingName } from './inputs/packed.ts';
import type { Row } from './row.ts';

interface Packed {
  readonly row: string;
  readonly packing: PackingName;
  /**
   * The decoder that people put before grep, the one that decodes with both cores, as far as the format allows, and one of which two processes
   * are the limit of two ranks.
   */
  readonly decoders: { readonly grep: string; readonly alone: string; readonly twice?: string };
}

// These decoders use the libraries that mpicount uses, and decode one file on one core only.
export const libdeflateDecoder = 'libdeflate-gunzip -kc';
export const zstdDecoder = 'zstd -dc';
export const bzip2Decoder = 'bzip2 -dc';

/** A row for each compressed format. Goals find the decoders by these names. */
const packed: readonly Packed[] = [
  {
    row: 'gzip-members',
    packing: 'gzip members',
    decoders: { grep: 'gzip -dc', alone: 'pigz -dc', twice: libdeflateDecoder },
  },
  { row: 'gzip-member', packing: 'one gzip member', decoders: { grep: 'gzip -dc', alone: 'pigz -dc' } },
  { row: 'bgzf', packing: 'BGZF', decoders: { grep: 'gzip -dc', alone: 'bgzip -dc -@ 2' } },
  {
    row: 'zstd-frames',
    packing: 'zstd frames',
    decoders: { grep: zstdDecoder, alone: zstdDecoder, twice: zstdDecoder },
  },
  {
    row: 'bzip2',
    packing: 'one bzip2 stream',
    decoders: { grep: bzip2Decoder, alone: 'lbzip2 -dc -n 2', twice: bzip2Decoder },
  },
  { row: 'xz-blocks', packing: 'xz blocks', decoders: { grep: 'xz -dc', alone: 'xz -dc -T2' } },
  { row: 'lz4', packing: 'lz4 blocks', decoders: { grep: 'lz4 -dc', alone: 'lz4 -dc' } },
];

export const packedRows: readonly Row[] = packed.map(({ row, packing, decoders }) => ({
  name: row,
  what: `\`love\`, exact, in ${packing}; bytes are those of the text`,
  contestants: ({ inputs }) => {
    const [question, input] = [{ patterns: ['love'] }, inputs.packed(packing)];
    return [
      mpicount(question, input),
      mpicount(question, input, { ranks: 1 }),
      ripgrepZ(question, input),
      decodedGrep(decoders.grep, question, input),
      decoding(decoders.alone, input),
      ...(decoders.twice === undefined ? [] : [decodingTwice(decoders.twice, input)]),
    ];
  },
}));
