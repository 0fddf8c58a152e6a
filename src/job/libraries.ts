import { InputError } from '../corpus/input-error.ts';
import { FileTable } from '../corpus/file-table.ts';
import { decodedFormats, formatNumber, type DecodedFormat } from '../corpus/file-format.ts';
import { libraryOf } from '../scan/libraries.ts';

/** The library and the version that decode each format, such as `{"xz": "5.4.1, /usr/lib/liblzma.so.5"}`. */
export type Libraries = Readonly<Partial<Record<DecodedFormat, string>>>;

/** Returns the formats in a table of files. */
export function formatsIn({ parts: { formats } }: FileTable): DecodedFormat[] {
  return decodedFormats.filter((format) => formats.includes(formatNumber(format)));
}

/** Returns the first file in each format. */
export function firstInEachFormat(files: FileTable): FileTable {
  return FileTable.from(formatsIn(files), (format) => files.at(files.parts.formats.indexOf(formatNumber(format))));
}

/**
 * Finds the libraries that this rank needs for files, so that a missing one is known before anything is counted.
 * @throws InputError for the first file whose library is missing.
 */
export function requireLibraries(files: FileTable): void {
  for (const format of formatsIn(files)) {
    const { missing } = libraryOf(formatNumber(format));
    if (missing === undefined) continue;
    const first = files.at(files.parts.formats.indexOf(formatNumber(format)));
    throw new InputError(first.path, missing);
  }
}

/** Returns which library and version on this host decode the formats; undefined if none is needed. */
export function librariesFor(formats: readonly DecodedFormat[]): Libraries | undefined {
  const entries = formats.flatMap((format) => {
    const { name } = libraryOf(formatNumber(format));
    return name === '' ? [] : [[format, name] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
