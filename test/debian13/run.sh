#!/usr/bin/env bash
# `npm run test:debian13`: this project in Debian 13, which has Open MPI 5, another MPICH, GCC and npm than Debian 12. In a
# fresh system with Debian's `nodejs` and `npm` and a clean copy of the project, `npm start` and `npm test` must do the rest.
# Needs root, and takes about ten minutes on two cores.
#
#   test/debian13/run.sh [PART...]    root, user, all, cluster, statuses, campaign; without any: root user
#
# root     npm start, those tests that depend on the MPI and its launcher, and those that only root can prepare
# user     npm start, and those tests that depend on who runs them or on the system
# all      all tests, as root; they take too long to be run each time
# cluster  test/cluster, in a network of its own
# statuses each ending of MPICH's jobs 200 times: see test/campaign/statuses.ts
# campaign test/campaign, 30 runs
#
# The system is made by debootstrap from apt's mirror (or DEBIAN_MIRROR), and kept for some days in /var/cache.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=test/debian13/base.sh
. test/debian13/base.sh

(($# > 0)) || set -- root user
for part; do
  case $part in root | user | all | cluster | statuses | campaign) ;; *) base_die "unknown part $part; there are: root user all cluster statuses campaign" ;; esac
done
[[ $(id -u) == 0 ]] || base_die 'needs root, to make a system and to change into it; run it as root'
for command in apt-get unshare chroot flock pkill; do
  command -v "$command" >/dev/null || base_die "$command is missing: this test runs on Debian"
done

install -d -m 755 "$base_cache"
exec 9>"$base_cache/lock" # held until the last process in there has ended
flock -n 9 || {
  echo 'debian13: another run is at work on this machine; waiting for it' >&2
  flock -w 3600 9 || base_die "$base_cache/lock is still held after an hour"
}
root=$base_cache/root
# shellcheck disable=SC2317 # called by the trap
cleanup() {
  if [[ -n $inside ]]; then
    # The first process of the namespace: it is gone once all others there are, and unshare ends after it.
    pkill -KILL -P "$inside" || kill -KILL "$inside" || true
    wait "$inside" || true
  fi
  rm -rf --one-file-system "$root" "$base.part"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
rm -rf --one-file-system "$root" # of a run that was killed

set_enter
base_is_fresh || make_base
cp -a "$base" "$root"
cp /etc/resolv.conf /etc/hosts "$root/etc/"
printf 'debian13: a fresh Debian 13 is there (%d s)\n' "$SECONDS"

# All that is not ignored, as it is now. Not in root's home: some tests look at the project as somebody else.
mkdir "$root/opt/mpicount"
git ls-files -z --cached --others --exclude-standard --deduplicate | while IFS= read -r -d '' file; do
  if [[ -e $file || -L $file ]]; then printf '%s\0' "$file"; fi
done | tar -c --null -T - | tar -x --no-same-owner -C "$root/opt/mpicount"

in_root "$root" bash /opt/mpicount/test/debian13/inside.sh "$@"
