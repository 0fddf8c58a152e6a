import { readFailure } from '../base/system-error.ts';
import { checkFilesOnPool } from './check-files.ts';
import { FileTable } from './file-table.ts';
import {
  decodedFormats,
  fileStart,
  formatNumber,
  formatOfName,
  type DecodedFormat,
  type FileFormat,
  type FileStart,
} from './file-format.ts';
import type { Grid } from './grid.ts';
import { InputError, unreadableAt } from './input-error.ts';

/** Takes the index of a file that cannot be counted, and why. */
export type SkipFile = (index: number, error: InputError) => void;

/** How the formats of files are told. */
export interface FormatRules {
  /** Whether to tell the formats of all files, not only those that must be known. */
  readonly all: boolean;
  /** Whether text without a byte order mark is in an encoding that is decoded. */
  readonly isEncoded: boolean;
  /** Takes the error of a file that is to be skipped; without it, the error is thrown. */
  readonly skip?: SkipFile | undefined;
}

interface NamedFile {
  readonly index: number;
  readonly path: Buffer;
}

/**
 * Returns the files with the formats that must be known before they are counted: those of files that are not in one block, and of
 * files with the name of a compressed file, so that a missing library is found early. All others are told when they are counted, since
 * opening a small file takes as long as counting in it.
 * @throws InputError for a file in a format that is not decoded, and for one that is not in the format that its name says.
 */
export async function withFormats(
  files: FileTable,
  grid: Grid,
  { all, isEncoded, skip }: FormatRules,
): Promise<FileTable> {
  const formats = new Uint8Array(files.length);
  const left = all ? filesOf(files, () => true) : filesToTell(files, grid);
  const tell = (file: NamedFile) =>
    tellFormat(file, isEncoded).catch((error: unknown) => {
      if (!skip || !(error instanceof InputError)) throw error;
      skip(file.index, error);
      return { index: file.index, format: undefined };
    });
  await checkFilesOnPool(left, { async: tell }, ({ index, format }) => {
    formats[index] = formatNumber(format);
  });
  return new FileTable({ ...files.parts, formats });
}

function filesToTell(files: FileTable, { blockSize }: Grid): Generator<NamedFile> {
  const { sizes, paths, ends } = files.parts;
  let begin = 0;
  return filesOf(files, (index) => {
    const first = begin;
    begin += sizes[index] ?? 0;
    const isCut = begin > first && Math.floor(first / blockSize) !== Math.floor((begin - 1) / blockSize);
    return isCut || formatOfName(paths, ends[index - 1] ?? 0, ends[index]) !== undefined;
  });
}

/** Yields the files whose index is wanted, which is asked in order. */
function* filesOf(files: FileTable, isWanted: (index: number) => boolean): Generator<NamedFile> {
  for (let index = 0; index < files.length; index += 1) {
    if (isWanted(index) && files.parts.skipped?.[index] !== 1) yield { index, path: files.at(index).path };
  }
}

interface ToldFile {
  readonly index: number;
  readonly format: DecodedFormat | undefined;
}

async function tellFormat(file: NamedFile, isEncoded: boolean): Promise<ToldFile> {
  const { path } = file;
  const start = await fileStart(path).catch((error: unknown) => {
    const reason = readFailure(error, path);
    throw (error as NodeJS.ErrnoException).syscall === 'read'
      ? unreadableAt(path, 0, reason, error)
      : new InputError(path, reason, { cause: error });
  });
  const { index, format } = told(file, start);
  return { index, format: format ?? (isEncoded && !start.hasUtf8Mark ? 'encoding' : undefined) };
}

function told({ index, path }: NamedFile, { format, isText }: FileStart): ToldFile {
  const named = formatOfName(path);
  const isOther = named !== undefined && !isDecoded(named);
  // A suffix such as `br` may also be that of a language.
  const found = format ?? (isOther && !isText ? named : undefined);
  const remedy = 'or count its bytes as they are: --no-decompress';
  if (found !== undefined && !isDecoded(found)) {
    // The same message as in native/block/file_range.cc.
    throw new InputError(path, `is in the format ${found}, which is not decoded; decode it first, ${remedy}`);
  }
  if (found === undefined && named !== undefined && !isOther) {
    throw new InputError(
      path,
      `is not in the format ${named}, which its name says; restore it if it is damaged, ${remedy}`,
    );
  }
  return { index, format: found };
}

function isDecoded(format: FileFormat): format is DecodedFormat {
  return decodedFormats.some((decoded) => decoded === format);
}
