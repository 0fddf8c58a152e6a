import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

import type { Session } from '../../mpi/session.ts';
import { packageVersion } from '../../base/package.ts';
import { decodedFormats, formatNumber } from '../../corpus/file-format.ts';
import { libraryOf } from '../../scan/libraries.ts';
import { scanVectors } from '../../scan/scanner.ts';
import { temporaryFolderProblem } from './temporary-folder.ts';
import { relevantVariables, type RankFacts } from './known-problems.ts';

/** Collects the facts about this process. Call it after MPI_Init has succeeded or failed, when the libraries of MPI are loaded. */
export function rankFacts(host: string, session: Session | undefined): RankFacts {
  const libraries = loadedLibraries();
  const hwloc = libraries.find((path) => path.includes('/libhwloc.so'));
  return {
    host,
    node: process.versions.node,
    mpicount: packageVersion,
    library: session?.library ?? 'none',
    ...scanning(),
    decoding: decoding(),
    cores: availableParallelism(),
    allowedCpus: allowedCpus(),
    temporaryFolder: temporaryFolderProblem() ?? null,
    root: process.getuid?.() === 0,
    hwloc: hwloc === undefined ? null : hwlocVersion(hwloc),
    usesUcx: libraries.some((path) => /\/libuc[ps]\.so/.test(path)),
    environment: Object.fromEntries(
      relevantVariables.flatMap((name) => {
        const value = process.env[name];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

function scanning(): Pick<RankFacts, 'scanning' | 'scanFailure'> {
  try {
    return { scanning: `with ${scanVectors()} vectors`, scanFailure: null };
  } catch (error) {
    return { scanning: 'not possible', scanFailure: (error as Error).message };
  }
}

/** Returns the formats that are decoded, each with its library. */
function decoding(): string[] {
  try {
    return decodedFormats.map((format) => {
      const { name, missing = name } = libraryOf(formatNumber(format));
      return missing === '' ? format : `${format}: ${missing}`;
    });
  } catch {
    return []; // without the addon; see scanning()
  }
}

/** Returns the CPU affinity of this process; null on systems other than Linux. */
function allowedCpus(): string | null {
  try {
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** Returns the paths of the shared libraries that are loaded; none on systems other than Linux. */
function loadedLibraries(): string[] {
  try {
    return readFileSync('/proc/self/maps', 'utf8').match(/\/\S+\.so\S*/g) ?? [];
  } catch {
    return [];
  }
}

/** Reads the full version from the library file, where it is a separate string. hwloc's API returns its ABI version only. */
function hwlocVersion(path: string): string | null {
  try {
    return /\0(\d\.\d+\.\d+)\0/.exec(readFileSync(path, 'latin1'))?.[1] ?? null;
  } catch {
    return null;
  }
}
