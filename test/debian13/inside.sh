#!/usr/bin/env bash
# What run.sh does in Debian 13, as root, in the copy of the project that this script is part of. Takes the names of the parts.
# shellcheck disable=SC2016 # commands in quotes are for another shell
set -uo pipefail
project=/opt/mpicount
theirs=/home/tester/mpicount
failed=()

# step NAME COMMAND...: none takes longer than an hour.
step() {
  local name=$1 start=$SECONDS outcome=passed
  shift
  printf '\n== Debian 13: %s\n' "$name"
  timeout --kill-after=30 3600 "$@" || {
    outcome="FAILED ($?)"
    failed+=("$name")
  }
  printf '== Debian 13: %s: %s in %d s\n' "$name" "$outcome" $((SECONDS - start))
}

# as_user COMMAND...: in the user's own copy.
as_user=(runuser -u tester -- env -C "$theirs" HOME=/home/tester)
as_root=(env -C "$project")

# Counts in the sample text, and compares with grep.
start_counts='
  found=$(npm --silent start) || exit
  text=$(bash scripts/text.sh)
  expected=
  for word in whale sea love; do expected+=$(grep -oiF "$word" "$text" | wc -l)$(printf "\t$word;"); done
  printf "%s\n" "$found"
  [[ $(tr "\n" ";" <<<"$found") == "$expected" ]] || { echo "expected: $expected" >&2; exit 1; }'

# Without compilers and MPI, and without the right to install them, all that set-up can do is to say what is missing.
start_refuses='
  if said=$(npm --silent start 2>&1); then status=0; else status=$?; fi
  tail -n 20 <<<"$said"
  [[ $status == 1 && $said == *"installing packages needs root or sudo"*"g++"*"openmpi"* ]]'

cp -a "$project" "$theirs" && chown -R tester: "$theirs" || exit
step 'user: npm start, where nothing is installed' "${as_user[@]}" bash -c "$start_refuses"
for part; do
  case $part in
    root)
      step 'root: npm start' "${as_root[@]}" bash -c "$start_counts"
      step 'root: npm test, what depends on the MPI' "${as_root[@]}" npm test -- \
        test/jobs/{addons,binding,control-channel,doctor,early-failure,exit,failures,finalize,hangup,io-error,killed-launcher}.test.ts \
        test/jobs/{library,lost-output,resume,speaker,stop,whole-jobs}.test.ts
      step 'root: npm run test:root' "${as_root[@]}" npm run test:root
      ;;
    user)
      # What a user cannot install, root has installed.
      step 'root: set-up' "${as_root[@]}" bash scripts/setup.sh --tests
      step 'user: npm start' "${as_user[@]}" bash -c "$start_counts"
      step 'user: npm test, what depends on the user or the system' "${as_user[@]}" npm test -- test/{build,program}/ test/unit/{build,launch,corpus,mpi}/ \
        test/jobs/{bad-input,job-scripts,log-folder}.test.ts
      ;;
    all)
      step 'root: npm test' "${as_root[@]}" npm test
      ;;
    statuses)
      step 'root: endings, again and again' "${as_root[@]}" npm run test:campaign -- --statuses 200 mpich
      ;;
    campaign)
      step 'root: campaign' "${as_root[@]}" npm run test:campaign -- --runs 30
      ;;
    cluster)
      step 'root: set-up' "${as_root[@]}" bash scripts/setup.sh --tests
      step 'root: packages of the cluster' "${as_root[@]}" bash test/cluster/install.sh
      # Without the names and addresses of a cluster that this machine may be running.
      step 'root: npm run test:cluster' "${as_root[@]}" unshare --net bash -c 'ip link set lo up && npm run test:cluster'
      ;;
  esac
done

printf '\nDebian 13: %s\n' "$(node --version), npm $(npm --version), $(mpirun.openmpi --version | head -n 1), MPICH $(
  mpirun.mpich --version | sed -n 's/^ *Version: *//p'
), GCC $(gcc -dumpfullversion)"
if ((${#failed[@]} > 0)); then
  printf 'Debian 13: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
printf 'Debian 13: all passed in %d s\n' "$SECONDS"
