#!/usr/bin/env bash
# Counts on this machine: `npm start` counts in a sample text, `npm start -- -i -e love FILE` in your own.
# It first sets up what is missing. NP=2 sets the number of ranks, MPIRUN=/path/to/mpirun the launcher.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Go back to the user's folder: npm has changed into the project's.
cd -P "${INIT_CWD:-$PWD}"

"$root/scripts/setup.sh"

if (($# == 0)); then
  text=$("$root/scripts/text.sh")
  set -- -i -e whale -e sea -e love "${text#"$PWD"/}"
fi

MPICOUNT_LAUNCH=$(node "$root/native/build/find-mpi.mjs" --launcher)
name=$(basename "$MPICOUNT_LAUNCH")
if [[ $(command -v "$name") == "$MPICOUNT_LAUNCH" ]]; then MPICOUNT_LAUNCH=$name; fi
export MPICOUNT_LAUNCH
exec node "$root/dist/mpicount.cjs" launch -- count "$@"
