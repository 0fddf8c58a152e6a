# shellcheck shell=bash
# Finds missing system packages, with the reason for each, and installs them. Part of scripts/setup.sh.

wanted=() # names of Debian packages
topics='' # subjects of the advice if apt cannot install them

has() { command -v "$1" >/dev/null 2>&1; }

# want TOPIC PACKAGE REASON
want() {
  case " ${wanted[*]-} " in
    *" $2 "*) return 0 ;;
  esac
  say "missing: $2 ($3)"
  wanted+=("$2")
  case " $topics " in
    *" $1 "*) ;;
    *) topics="$topics $1" ;;
  esac
}

# want_command COMMAND TOPIC PACKAGE REASON
want_command() {
  has "$1" || want "$2" "$3" "$4"
}

want_build_packages() {
  local cxx=g++
  if [[ $(uname) == Darwin ]]; then cxx=c++; fi
  cxx=${CXX:-$cxx}
  want_command "${cxx%% *}" compiler g++ 'compiles the native addons'
  want_command "${MAKE:-make}" compiler make 'builds the native addons'
  want_command "${PYTHON:-python3}" compiler python3 'node-gyp runs on it'
  want_mpi
}

# Wants the MPI that the user chose or that `mpicc` belongs to, or Open MPI if there is none.
want_mpi() {
  local wrapper real
  if [[ -n ${MPICC-}${MPICOUNT_MPI_CFLAGS-}${MPICOUNT_MPI_LIBS-}${CRAY_MPICH_DIR-} ]]; then return; fi
  for wrapper in mpicc mpicc.openmpi mpicc.mpich mpiicx mpiicc; do
    has "$wrapper" || continue
    # Debian can have the wrappers without the headers.
    real=$(readlink -f "$(command -v "$wrapper")" 2>/dev/null || true)
    case $real in
      /usr/bin/opal_wrapper) want_headers '/usr/lib/*/openmpi/include/mpi.h' libopenmpi-dev ;;
      /usr/bin/mpicc.mpich) want_headers '/usr/include/*/mpich/mpi.h' libmpich-dev ;;
    esac
    return 0
  done
  want mpi openmpi-bin 'Open MPI, to run on several ranks'
  want mpi libopenmpi-dev 'headers of Open MPI, for the native addon'
}

# want_headers PATTERN PACKAGE
want_headers() {
  compgen -G "$1" >/dev/null || want mpi "$2" 'headers of the MPI that mpicc belongs to'
}

want_test_packages() {
  want_command rg tests ripgrep 'the tests compare with it'
  want_command zsh tests zsh 'the tests complete command lines in it'
  want_command fish tests fish 'the tests complete command lines in it'
  want_command script tests bsdutils 'gives shells a terminal in the tests'
  want_command cmake tests cmake 'builds the addon for the second MPI'
  want_command aarch64-linux-gnu-g++ tests g++-aarch64-linux-gnu 'the tests compile the search for ARM'
  want_command qemu-aarch64 tests qemu-user 'the tests run the search for ARM'
  want_compressors
  if [[ -n ${OTHER_MPICC-} ]]; then return; fi
  want_command mpirun.openmpi tests openmpi-bin 'the tests run under both MPIs'
  want_command mpirun.mpich tests mpich 'the tests run under both MPIs'
  if [[ ! -e /etc/debian_version ]]; then return; fi
  compgen -G '/usr/lib/*/openmpi/include/mpi.h' >/dev/null || want tests libopenmpi-dev 'the tests run under both MPIs'
  compgen -G '/usr/include/*/mpich/mpi.h' >/dev/null || want tests libmpich-dev 'the tests run under both MPIs'
}

# The compressors of Debian, each with its library. The tests decode what they make.
want_compressors() {
  want_command pigz tests pigz 'makes files that the tests decode'
  want_command bgzip tests tabix 'makes files that the tests decode'
  want_command zstd tests zstd 'makes files that the tests decode'
  want_command xz tests xz-utils 'makes files that the tests decode'
  want_command bzip2 tests bzip2 'makes files that the tests decode'
  want_command lbzip2 tests lbzip2 'makes files that the tests decode'
  want_command lz4 tests lz4 'makes files that the tests decode'
  if [[ ! -e /etc/debian_version ]]; then return; fi
  compgen -G '/usr/lib/*/libdeflate.so.0' >/dev/null || want tests libdeflate0 'the tests decode gzip members with it'
}

want_browser_packages() {
  if [[ -n ${CHROMIUM-} ]]; then return; fi
  want_command chromium browser chromium 'the tests open reports in it'
}

want_lint_packages() {
  want_command clang-format lint clang-format 'checks the format of the C++ code'
  want_command shellcheck lint shellcheck 'checks the scripts'
  want_command shfmt lint shfmt 'checks the format of the scripts'
}

want_bench_packages() {
  local package
  for package in ripgrep grep ugrep parallel; do
    want_command "${package/#ripgrep/rg}" bench "$package" 'the bench compares with it'
  done
  # Debian's mpi4py belongs to Debian's Python, which need not be the first on PATH.
  /usr/bin/python3 -c "import mpi4py" 2>/dev/null || want bench python3-mpi4py 'the bench compares with it'
  if ! /usr/bin/python3 -c "import orjson" 2>/dev/null; then want_python_json; fi
  /usr/bin/python3 -c "import ahocorasick" 2>/dev/null || want bench python3-ahocorasick 'the bench compares with it'
  want_command jq bench jq 'the bench compares with it'
  want_command libdeflate-gunzip bench libdeflate-tools 'the bench compares with it'
  want_command strace bench strace 'shows which files a rank opens'
  want_command fincore bench util-linux-extra 'shows that a file is not in the page cache'
}

# The faster one of the parsers that there are: Debian has orjson from 13 on.
want_python_json() {
  if apt-cache show python3-orjson >/dev/null 2>&1; then
    want bench python3-orjson 'the bench compares with it'
  elif ! /usr/bin/python3 -c "import ujson" 2>/dev/null; then
    want bench python3-ujson 'the bench compares with it'
  fi
}

packages_are_wanted() {
  [[ -e .setup/apt.pending || ${#wanted[@]} -gt 0 ]]
}

install_wanted() {
  resume_apt
  if ((${#wanted[@]} == 0)); then return; fi
  if ! has apt-get; then
    advise 'this set-up installs packages on Debian and Ubuntu only'
  fi
  if [[ $(id -u) != 0 ]] && ! may_sudo; then
    advise 'installing packages needs root or sudo'
  fi
  say "installing: ${wanted[*]}"
  printf '%s\n' "${wanted[@]}" >.setup/apt.pending
  if apt_install; then return; fi
  # New machines have no package lists, old ones outdated lists, and a killed apt leaves packages unconfigured.
  as_root dpkg --configure -a >>.setup/apt.log 2>&1 || true
  as_root apt-get -q -o DPkg::Lock::Timeout=300 update >>.setup/apt.log 2>&1 || true
  if apt_install; then return; fi
  tail -n 5 .setup/apt.log >&2
  advise 'apt-get could not install the packages; all it said is in .setup/apt.log'
}

# An interrupted apt may have left programs that are unpacked but not configured yet.
resume_apt() {
  local package
  if [[ ! -e .setup/apt.pending ]] || ! has apt-get || { [[ $(id -u) != 0 ]] && ! may_sudo; }; then return; fi
  while read -r package; do want '' "$package" 'an earlier set-up was cut off'; done <.setup/apt.pending
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "${wanted[@]}" >.setup/apt.log 2>&1 </dev/null || return
  rm -f .setup/apt.pending
}

# sudo can ask for a password only on a terminal.
may_sudo() {
  has sudo && { sudo -n true 2>/dev/null || { [[ -t 0 && -t 2 ]] && sudo -v; }; }
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

# advise WHY: prints what to do by hand, and exits
advise() {
  say "$1. Then try again."
  # shellcheck disable=SC2086 # a list of words
  node native/build/advice.mjs $topics
  exit 1
}
