#!/usr/bin/env bash
# Installs and builds what the program still needs on this machine, and nothing else: system packages, npm packages, the
# native addons, the bundle. Needs Node and npm.
#
#   scripts/setup.sh [--tests] [--browser] [--lint] [--bench]
#
# --tests adds what `npm test` needs (both MPIs), --browser what `npm run test:browser` needs, --lint what `npm run lint` needs,
# --bench the programs that `npm run bench` compares with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/setup/packages.sh
. scripts/setup/packages.sh

say() { printf 'setup: %s\n' "$*" >&2; }

check_node() {
  local version
  has node || {
    say 'node: not found; install Node 20.19 or newer and npm (cluster: module load nodejs)'
    exit 1
  }
  version=$(node --version)
  if ! [[ $version =~ ^v([0-9]+)\.([0-9]+) ]] || ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < 20019)); then
    say "Node $version is too old; install Node 20.19 or newer (cluster: module load nodejs)"
    exit 1
  fi
}

# Two concurrent set-ups (two terminals, two jobs) would write the same files.
one_at_a_time() {
  if ! mkdir -p .setup 2>/dev/null || [[ ! -w .setup || ! -w . ]]; then
    say "$PWD cannot be written to, and this is missing here or older than its sources: $1"
    say 'its owner can run scripts/setup.sh there; or copy the folder, and run it in the copy'
    exit 1
  fi
  has flock || return 0 # macOS
  exec 9>.setup/lock
  flock -n 9 && return
  say 'another set-up is at work here; waiting for it'
  flock 9
}

# npm writes this file last. If it is missing, an earlier `npm ci` was interrupted.
npm_done=node_modules/.package-lock.json

# An installed package has no src folder; it includes the bundle and needs no npm packages.
npm_packages_are_stale() {
  [[ -d src && (! -e $npm_done || package-lock.json -nt $npm_done) ]]
}

install_npm_packages() {
  say 'installing npm packages'
  # The install script would build the addons in any case; below they are built only if they are stale.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  touch "$npm_done"
}

# The database that the bench compares with; its packages are in a folder of their own, since nothing else needs them.
duckdb=@duckdb/node-api@1.5.6-r.1
duckdb_is_missing() {
  [[ $bench == yes && $(cat .setup/duckdb/installed 2>/dev/null) != "$duckdb" ]]
}

install_duckdb() {
  say "installing $duckdb for the bench"
  mkdir -p .setup/duckdb
  npm install --prefix .setup/duckdb --no-audit --no-fund --loglevel=error "$duckdb" >&2
  echo "$duckdb" >.setup/duckdb/installed
}

bundle_is_stale() {
  [[ -d src ]] || return
  # find lists folders, too: removing a file updates the time of its folder.
  [[ ! -e dist/mpicount.cjs ||
    -n $(find src scripts/bundle.mjs native/build/place.mjs native/build/code-cache.mjs native/build/rehearse.mjs native/build/wrapped.mjs package.json package-lock.json -newer dist/mpicount.cjs -print -quit) ]]
}

addons_are_stale() {
  local status=0
  node native/build/build.mjs --check 2>/dev/null || status=$?
  ((status != 0))
}

build_other_mpi() {
  local family other
  family=$(node native/build/find-mpi.mjs --family)
  if [[ $family == openmpi ]]; then other=mpich; else other=openmpi; fi
  node native/build/build.mjs --if-stale --cmake "${OTHER_MPICC:-mpicc.$other}"
}

tests=no
browser=no
lint=no
bench=no
for option; do
  case $option in
    --tests) tests=yes ;;
    --browser) browser=yes ;;
    --lint) lint=yes ;;
    --bench) bench=yes ;;
    *)
      say "unknown option $option; usage: scripts/setup.sh [--tests] [--browser] [--lint] [--bench]"
      exit 2
      ;;
  esac
done

check_node
want_build_packages
if [[ $tests == yes ]]; then want_test_packages; fi
if [[ $browser == yes ]]; then want_browser_packages; fi
if [[ $lint == yes ]]; then want_lint_packages; fi
if [[ $bench == yes ]]; then want_bench_packages; fi

# A complete checkout may be read-only, so nothing is written if there is nothing to do.
todo=()
if packages_are_wanted; then todo+=('system packages'); fi
if npm_packages_are_stale; then todo+=('npm packages'); fi
if duckdb_is_missing; then todo+=('DuckDB'); fi
if bundle_is_stale; then todo+=('the bundle'); fi
if ((${#todo[@]} > 0)); then
  printf -v list ', %s' "${todo[@]}"
  one_at_a_time "${list:2}"
fi
install_wanted
if npm_packages_are_stale; then install_npm_packages; fi
if duckdb_is_missing; then install_duckdb; fi
if addons_are_stale; then
  if [[ -w . ]]; then one_at_a_time 'the addons'; fi
  node native/build/build.mjs --if-stale
fi
if [[ $tests == yes ]]; then
  one_at_a_time 'the addon for the second MPI'
  build_other_mpi
fi
if bundle_is_stale; then npm run --silent bundle >&2; fi
