#!/usr/bin/env bash
# `npm run test:cluster`: jobs/count.slurm under a real SLURM of two hosts, for each way to launch. What is checked: exact
# totals, ranks on both hosts, the rank logs, the exit code of good and of failing jobs, and that every argument arrives
# as it was typed. Needs root; see cluster.sh. At the end jobs/count.pbs, with a stand-in for PBS.
set -uo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
unset MPICOUNT_HOME MPICOUNT_LAUNCH MPICOUNT_MODULES MPICOUNT_MPI
# shellcheck source=test/cluster/cluster.sh
. "$project/test/cluster/cluster.sh"

bash "$project/jobs/setup.sh" --tests || exit
cluster_up 2 || exit

# mpirun refuses to run as root otherwise; people are not root on a cluster.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# More ranks than cores.
export OMPI_MCA_mpi_yield_when_idle=1

job_seconds=30  # more than any job here takes
all_seconds=300 # more than all of them take
work=$CLUSTER_DIR/work
mkdir "$work" && cd "$work" || exit

passed=0
failed=0
# check WHAT COMMAND...
check() {
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$what" >&2
  fi
}
equal() {
  [[ $1 == "$2" ]] || {
    printf 'got:      %q\nexpected: %q\n' "$1" "$2" >&2
    return 1
  }
}
matches() {
  [[ $1 =~ $2 ]] || {
    printf 'got:      %q\nexpected: a match of %q\n' "$1" "$2" >&2
    return 1
  }
}

# sbatch, with a deadline later: submit NAME SBATCH-ARGUMENT... sets jobs[NAME].
declare -A jobs=()
submit() {
  local name=$1
  shift
  jobs[$name]=$(sbatch --parsable --open-mode=truncate -o "$work/$name.out" -e "$work/$name.err" "$@") || exit
}

# finish NAME: waits for the job; sets state and code (as scontrol shows it), out and err.
finish() {
  local id=${jobs[$1]} line deadline=$((SECONDS + job_seconds))
  while :; do
    line=$(scontrol --oneliner show job "$id")
    [[ $line =~ JobState=([A-Z_]+) ]] && state=${BASH_REMATCH[1]}
    case $state in PENDING) deadline=$((SECONDS + job_seconds)) ;; RUNNING | CONFIGURING | COMPLETING) ;; *) break ;; esac
    if ((SECONDS > deadline || SECONDS > all_seconds)); then
      scancel --full "$id"
      state="STILL $state"
      break
    fi
    sleep 0.1
  done
  code=
  [[ $line =~ \ ExitCode=([0-9:]+) ]] && code=${BASH_REMATCH[1]}
  out=$(cat "$1.out")
  err=$(cat "$1.err")
}

# --- The text: two megabytes whose words stand in different places on every line.
# With all that a shell would expand, were it to see it again.
# shellcheck disable=SC2016
file='a text with $HOME, "quotes" & spaces.txt'
# shellcheck disable=SC2016
odd='say  "it'"'"'s $HOME"  * `id` \n; a && b | c'
odd=$odd awk 'BEGIN {
  for (i = 1; i <= 40000; i++) {
    printf "%d Love" (i % 3 ? " and LOVELY days" : "") (i % 7 ? "" : " hate") "\n", i * 7919 % 40009
    if (i % 11 == 0) print "they " ENVIRON["odd"] " again"
  }
}' >"$file"
tab=$'\t'
expected=
counts=
for word in love hate "$odd" absent; do
  count=$(grep -oiF -e "$word" "$file" | wc -l)
  check "the text has '$word'" test "$count" -gt 0 -o "$word" = absent
  counts+="${counts:+ }$count"
  expected+="${expected:+$'\n'}$count$tab$word"
done

# --- All jobs are submitted at once; SLURM runs as many at a time as fit.
ways=('mpirun.openmpi' 'srun --mpi=pmix' 'mpiexec.mpich' 'srun --mpi=pmi2')
both=(-N 2 -n 4 --ntasks-per-node=2)
script=$project/jobs/count.slurm
for way in "${ways[@]}"; do
  export MPICOUNT_LAUNCH=$way
  submit "$way, counts" "${both[@]}" "$script" -i -e love -e hate -e "$odd" -e absent "$file"
  # More than once: how ranks meet at the end of a job is a matter of luck.
  for again in 2 3 4; do
    submit "$way, again $again" "${both[@]}" "$script" -i -e love -e hate -e "$odd" -e absent "$file"
  done
  submit "$way, missing file" "${both[@]}" "$script" love "$file" 'no such file'
  submit "$way, empty pattern" "${both[@]}" "$script" -e '' "$file"
done

# Where the program is: by a copy of the script, which is in no project.
export MPICOUNT_LAUNCH=mpirun.openmpi
cp "$script" copy.slurm
mkdir -p bin home
ln -s "$project/dist/mpicount.cjs" bin/mpicount
ln -s "$project/dist" home/dist
MPICOUNT_HOME=$project submit 'home by variable' -n 1 copy.slurm -i --log-dir 'my logs' love "$file"
MPICOUNT_HOME=$work submit 'wrong home' -n 1 copy.slurm love "$file"
PATH=$work/bin:$PATH submit 'on PATH' -n 1 copy.slurm -i love "$file"
cd home || exit
submit 'in the submit folder' -n 1 ../copy.slurm -i love "../$file"
cd .. || exit
submit 'nowhere' -n 1 copy.slurm love "$file"
MPICOUNT_LAUNCH='no-such-launcher' submit 'no launcher' -n 1 "$script" love "$file"
# shellcheck disable=SC2317 # called by the job
module() { [[ $2 != missing ]] && echo "module $*" >&2; }
export -f module
MPICOUNT_MODULES='one two' submit 'modules' -n 1 "$script" -i love "$file"
MPICOUNT_MODULES='one missing' submit 'a missing module' -n 1 "$script" love "$file"
unset -f module

# --- And what became of them.
table=$(printf '%-18s %-12s %-24s %s' 'LAUNCHED BY' 'JOB' 'love hate odd absent' 'HOSTS OF RANKS 0 TO 3')
for way in "${ways[@]}"; do
  name="$way, counts"
  finish "$name"
  check "$name: the job's state" equal "$state $code" 'COMPLETED 0:0'
  check "$name: totals" equal "$out" "$expected"
  logs=logs/${jobs[$name]}
  hosts=$(sed -n '1s/.*"event":"start".*"host":"\([^"]*\)".*/\1/p' -s "$logs"/ranks/000/rank-00000[0-3].jsonl | paste -sd' ')
  check "$name: two ranks on each host" equal "$(tr ' ' '\n' <<<"$hosts" | sort | paste -sd' ')" 'node1 node1 node2 node2'
  check "$name: four rank logs with an end" equal "$(grep -l '"event":"end"' "$logs"/ranks/*/* | wc -l)" 4
  check "$name: result.json" equal "$(node -p '
    const { complete, ranks, patterns } = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
    [complete, ranks, ...patterns.map(({ count }) => count)].join(" ")' "$logs/result.json")" "true 4 $counts"
  table+=$(printf '\n%-18s %-12s %-24s %s' "$way" "$state" "$(cut -f1 "$name.out" | paste -sd' ')" "$hosts")
done
for way in "${ways[@]}"; do
  for again in 2 3 4; do
    finish "$way, again $again"
    check "$way, again: the job's state" equal "$state $code" 'COMPLETED 0:0'
    check "$way, again: totals" equal "$out" "$expected"
  done
  finish "$way, missing file"
  check "$way, missing file: the job's state" equal "$state $code" 'FAILED 3:0'
  check "$way, missing file: nothing on stdout" equal "$out" ''
  check "$way, missing file: one message" equal "$(grep -c '^mpicount:.*no such file' <<<"$err")" 1
  finish "$way, empty pattern"
  check "$way, empty pattern: the job's state" equal "$state $code" 'FAILED 2:0'
  check "$way, empty pattern: nothing on stdout" equal "$out" ''
  check "$way, empty pattern: one message" equal "$(grep -c '^mpicount:.*empty pattern' <<<"$err")" 1
done

love=${expected%%"$tab"*}${tab}love
for name in 'home by variable' 'on PATH' 'in the submit folder' 'modules'; do
  finish "$name"
  check "$name: the job's state" equal "$state $code" 'COMPLETED 0:0'
  check "$name: totals" equal "$out" "$love"
done
check 'modules: loaded in order' matches "$err" $'module load one\nmodule load two'
check 'in the submit folder: logs are there' test -e "home/logs/${jobs['in the submit folder']}/result.json"
check '--log-dir of the user: logs are there' test -e 'my logs/result.json'
check '--log-dir of the user: and only there' test ! -e "logs/${jobs['home by variable']}"
while IFS=: read -r name message; do
  finish "$name"
  check "$name: the job's state" equal "$state $code" 'FAILED 4:0'
  check "$name: nothing on stdout" equal "$out" ''
  check "$name: the message" matches "$err" "(^|"$'\n'")count.slurm: [^"$'\n'"]*$message"
done <<'END'
wrong home:no dist/mpicount.cjs in MPICOUNT_HOME
nowhere:no mpicount in .* set MPICOUNT_HOME
no launcher:no no-such-launcher on node[12]; set MPICOUNT_LAUNCH
a missing module:module load missing failed
END

pbs=$project/jobs/count.pbs
export QSUB=$project/test/cluster/fake-qsub
export MPICOUNT_LAUNCH=
check 'PBS: totals' equal "$("$pbs" -i -e love -e hate -e "$odd" -e absent "$file")" "$expected"
check 'PBS: three ranks' equal "$(find logs/*.pbs/ranks -name "rank-*" | wc -l)" 3
"$pbs" love 'no such file' >pbs.out 2>pbs.err
check 'PBS, missing file: exit status' equal "$?" 3
check 'PBS, missing file: nothing on stdout' equal "$(cat pbs.out)" ''
check 'PBS, missing file: one message' equal "$(grep -c '^mpicount:.*no such file' pbs.err)" 1
check 'PBS: an empty argument' matches "$("$pbs" -e '' "$file" 2>&1)" 'empty pattern'

printf '%s\n\n%d passed, %d failed\n' "$table" "$passed" "$failed"
((failed == 0))
