#!/usr/bin/env bash
# Does what is missing before the program can run on this machine, and nothing else: system packages, npm packages, the
# native addons, the bundle. Needs Node and npm.
#
#   jobs/setup.sh [--tests] [--lint] [--bench]
#
# --tests adds what `npm test` needs (both MPIs), --lint what `npm run lint` needs, --bench
# the programs that `npm run bench` compares with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=jobs/setup/packages.sh
. jobs/setup/packages.sh

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

# Two set-ups at once (two terminals, two jobs) would write the same files.
one_at_a_time() {
  mkdir -p .setup
  has flock || return 0 # macOS
  exec 9>.setup/lock
  flock -n 9 && return
  say 'another set-up is at work here; waiting for it'
  flock 9
}

install_npm_packages() {
  # npm writes this file last: without it an earlier `npm ci` was cut off.
  local done=node_modules/.package-lock.json
  if [[ -e $done && ! package-lock.json -nt $done ]]; then return; fi
  say 'installing npm packages'
  # The addons are built below, by the same script but only when they are stale.
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  touch "$done"
}

build_other_mpi() {
  local family other
  family=$(node native/config/find-mpi.mjs --family)
  if [[ $family == openmpi ]]; then other=mpich; else other=openmpi; fi
  node native/config/build-mpi.mjs "${OTHER_MPICC:-mpicc.$other}" --if-stale
}

bundle() {
  local newer=new
  if [[ -e dist/mpicount.cjs ]]; then
    # A folder is newer than the bundle when a file in it was removed.
    newer=$(find src package.json package-lock.json -newer dist/mpicount.cjs -print -quit)
  fi
  if [[ -n $newer ]]; then npm run --silent bundle >&2; fi
}

tests=no
lint=no
bench=no
for option; do
  case $option in
    --tests) tests=yes ;;
    --lint) lint=yes ;;
    --bench) bench=yes ;;
    *)
      say "unknown option $option; usage: jobs/setup.sh [--tests] [--lint] [--bench]"
      exit 2
      ;;
  esac
done

check_node
one_at_a_time
want_build_packages
if [[ $tests == yes ]]; then want_test_packages; fi
if [[ $lint == yes ]]; then want_lint_packages; fi
if [[ $bench == yes ]]; then want_bench_packages; fi
install_wanted
# An installed package has no sources, and its bundle came with it.
if [[ -d src ]]; then install_npm_packages; fi
node native/config/build.mjs --if-stale
if [[ $tests == yes ]]; then build_other_mpi; fi
if [[ -d src ]]; then bundle; fi
