#!/usr/bin/env bash
# Installs by apt what the test cluster needs and this machine lacks: SLURM and munge, the scheduler under test, and
# iproute2 and util-linux, which make hosts out of namespaces. Silent when there is nothing to do.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin

missing=()
while read -r command package; do
  command -v "$command" >/dev/null || missing+=("$package")
done <<'END'
slurmctld slurmctld
slurmd slurmd
sbatch slurm-client
munged munge
ip iproute2
nsenter util-linux
END
if ((${#missing[@]} == 0)); then exit 0; fi

if ! command -v apt-get >/dev/null || [[ $(id -u) != 0 ]]; then
  echo "test cluster: missing: ${missing[*]}; install them (by apt only root on Debian or Ubuntu can), then try again" >&2
  exit 1
fi
echo "test cluster: installing by apt, to run a SLURM of several hosts on this machine: ${missing[*]}" >&2
install_missing() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q -o DPkg::Lock::Timeout=300 --no-install-recommends \
    "${missing[@]}" >"$log" 2>&1 </dev/null
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# New machines have no package lists, old ones have outdated lists.
if ! install_missing && ! { apt-get update -q >/dev/null 2>&1 && install_missing; }; then
  tail -n 5 "$log" >&2
  echo "test cluster: apt-get could not install ${missing[*]}; install them by hand, then try again" >&2
  exit 1
fi
