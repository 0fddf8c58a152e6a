// What to install, for people on machines where the set-up cannot do it.
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** @typedef {'mpi' | 'compiler' | 'tests' | 'browser' | 'lint' | 'bench'} Topic */

/** @type {Record<Topic, { title: string, how: [string, string][] }>} */
const ADVICE = {
  mpi: {
    title: 'To get an MPI with its headers, one of:',
    how: [
      ['cluster', 'module load openmpi (or mpich, intel-mpi, cray-mpich; see: module avail)'],
      ['Debian, Ubuntu', 'sudo apt-get install openmpi-bin libopenmpi-dev'],
      ['Fedora, RHEL', 'sudo dnf install openmpi-devel && module load mpi/openmpi-x86_64'],
      ['macOS', 'brew install open-mpi'],
      ['Spack', 'spack install openmpi && spack load openmpi'],
      ['conda', 'conda install -c conda-forge openmpi cxx-compiler'],
      ['by hand', 'set MPICC=/path/to/mpicc, or MPICOUNT_MPI_CFLAGS="-I..." and MPICOUNT_MPI_LIBS="-L... -lmpi"'],
    ],
  },
  compiler: {
    title: 'To get what compiles the addons (a C++20 compiler, make, Python 3), one of:',
    how: [
      ['cluster', 'module load gcc python (see: module avail)'],
      ['Debian, Ubuntu', 'sudo apt-get install g++ make python3'],
      ['Fedora, RHEL', 'sudo dnf install gcc-c++ make python3'],
      ['macOS', 'xcode-select --install'],
      ['Spack', 'spack install gcc gmake python && spack load gcc gmake python'],
      ['conda', 'conda install -c conda-forge cxx-compiler make python'],
      ['by hand', 'set CXX=/path/to/c++'],
    ],
  },
  tests: {
    title: 'For the tests, a second MPI (Open MPI and MPICH both), CMake, ripgrep, zsh and fish, one of:',
    how: [
      ['cluster', 'module load openmpi cmake; set OTHER_MPICC=/path/to/the/other/mpicc'],
      ['Debian, Ubuntu', 'sudo apt-get install openmpi-bin libopenmpi-dev mpich libmpich-dev cmake ripgrep zsh fish'],
      [
        'Fedora, RHEL',
        'sudo dnf install openmpi-devel mpich-devel cmake ripgrep zsh fish; set OTHER_MPICC=/usr/lib64/mpich/bin/mpicc',
      ],
      [
        'macOS',
        'brew install cmake ripgrep zsh fish; an MPICH built from source, set OTHER_MPICC=/path/to/its/bin/mpicc',
      ],
      [
        'Spack',
        'spack install openmpi mpich cmake ripgrep zsh fish; set OTHER_MPICC="$(spack location -i mpich)/bin/mpicc"',
      ],
      [
        'conda',
        'conda install -c conda-forge cmake ripgrep zsh fish; a second environment with mpich, set OTHER_MPICC',
      ],
    ],
  },
  browser: {
    title: 'For the tests in a browser, Chromium, one of:',
    how: [
      ['Debian', 'sudo apt-get install chromium'],
      ['Fedora, RHEL', 'sudo dnf install chromium'],
      ['by hand', 'set CHROMIUM=/path/to/chromium'],
    ],
  },
  lint: {
    title: 'For the checks of style, clang-format, shellcheck and shfmt, one of:',
    how: [
      ['Debian, Ubuntu', 'sudo apt-get install clang-format shellcheck shfmt'],
      ['Fedora, RHEL', 'sudo dnf install clang-tools-extra ShellCheck shfmt'],
      ['macOS', 'brew install clang-format shellcheck shfmt'],
      ['conda', 'conda install -c conda-forge clang-format shellcheck go-shfmt'],
    ],
  },
  bench: {
    title: 'For the bench, which compares with these programs where Debian has them:',
    how: [['Debian, Ubuntu', 'sudo apt-get install ripgrep ugrep parallel python3-mpi4py strace util-linux-extra']],
  },
};

/**
 * @param {Topic} what
 * @returns {string}
 */
export function adviceFor(what) {
  const { title, how } = ADVICE[what];
  return [title, ...how.map(([where, command]) => `  ${where}: ${command}`)].join('\n');
}

// `node native/build/advice.mjs mpi compiler` for the set-up script.
if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const word of process.argv.slice(2)) {
    if (word in ADVICE) process.stderr.write(`${adviceFor(/** @type {Topic} */ (word))}\n`);
  }
}
