#!/usr/bin/env bash
# Counts on this machine: `npm start` in a sample text, `npm start -- -i -e love FILE` in your own.
# Sets up what is missing first. NP=2 sets the number of ranks, MPIRUN=/path/to/mpirun the launcher.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Where the user stands: npm changes into the project's folder.
cd -P "${INIT_CWD:-$PWD}"

"$root/jobs/setup.sh"

np=${NP:-4}
if ! [[ $np =~ ^[1-9][0-9]*$ ]]; then
  printf 'local: NP=%s is no number of ranks; for example: NP=2 npm start\n' "$np" >&2
  exit 2
fi
launcher=$(node "$root/native/config/find-mpi.mjs" --launcher)
environment=()

# Settings are shown with the command and give way to the user's own.
setting() {
  if [[ -z ${!1-} ]]; then environment+=("$1=$2"); fi
}

openmpi_settings() {
  local version=$1 cores
  if [[ $(id -u) == 0 ]]; then
    setting OMPI_ALLOW_RUN_AS_ROOT 1
    setting OMPI_ALLOW_RUN_AS_ROOT_CONFIRM 1
  fi
  cores=$(getconf _NPROCESSORS_ONLN)
  # All threads of a rank would share the core that it is bound to.
  if ((version >= 5)); then
    setting PRTE_MCA_hwloc_default_binding_policy none
  else
    setting OMPI_MCA_hwloc_base_binding_policy none
  fi
  if ((np > cores)); then
    setting OMPI_MCA_mpi_yield_when_idle 1
    if ((version >= 5)); then
      setting PRTE_MCA_rmaps_default_mapping_policy :oversubscribe
    else
      setting OMPI_MCA_rmaps_base_oversubscribe 1
    fi
  fi
  # All ranks are on this machine, unless a scheduler gave us more: no network need be looked for, which is most of the
  # time that starting takes.
  if [[ -n ${SLURM_JOB_ID-}${PBS_NODEFILE-}${LSB_JOBID-} ]]; then return; fi
  setting OMPI_MCA_pml ob1
  if ((version >= 5)); then
    setting OMPI_MCA_btl self,sm
  else
    setting OMPI_MCA_btl self,vader
    # Reading another process's memory is forbidden in many containers; for messages as small as ours it gains nothing.
    setting OMPI_MCA_btl_vader_single_copy_mechanism none
  fi
}

if [[ $("$launcher" --version 2>/dev/null) =~ \((Open MPI|OpenRTE)\)\ ([0-9]+) ]]; then
  openmpi_settings "${BASH_REMATCH[2]}"
fi

# Paths as the user would write them here.
here() {
  case $1 in
    "$PWD"/*) printf '%s' "${1#"$PWD"/}" ;;
    *) printf '%s' "$1" ;;
  esac
}

if (($# == 0)); then
  text=$("$root/jobs/text.sh")
  set -- -i -e whale -e sea -e love "$(here "$text")"
fi

logs=
for argument; do
  case $argument in
    --) break ;;
    --log-dir | --log-dir=* | -h | --help) logs=none ;;
  esac
done
if [[ -z $logs ]]; then
  logs=$(here "$root/logs/local-$(date +%Y%m%d-%H%M%S)-$$")
  set -- --log-dir "$logs" "$@"
fi

command=("$launcher" -np "$np" node "$(here "$root/dist/mpicount.cjs")" count "$@")
if [[ $(command -v "$(basename "$launcher")") == "$launcher" ]]; then command[0]=$(basename "$launcher"); fi
if ((${#environment[@]} > 0)); then command=(env "${environment[@]}" "${command[@]}"); fi

# Quoted only where a shell needs it.
show() {
  local word
  for word; do
    if [[ $word =~ ^[A-Za-z0-9_@%+=:,./-]+$ ]]; then printf ' %s' "$word"; else printf ' %q' "$word"; fi
  done
  printf '\n'
}
{
  printf 'running:'
  show "${command[@]}"
  if [[ $logs != none ]]; then printf 'rank logs: %s\n' "$logs/ranks"; fi
} >&2

# Node would read and parse these at each start; here nothing speaks TLS.
unset NODE_EXTRA_CA_CERTS
exec "${command[@]}"
