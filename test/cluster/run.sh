#!/usr/bin/env bash
# `npm run test:cluster`: jobs/count.slurm under a real SLURM of eight hosts, for each way to launch. What is checked: exact
# totals, ranks on two hosts, the rank logs, the exit code of good and of failing jobs, that every argument arrives as it was
# typed, and what becomes of jobs that are stopped, cancelled, or lose a node (stops.sh). Needs root; see cluster.sh. At the
# end jobs/count.pbs, with a stand-in for PBS, progress and report (progress.sh), JSON lines by source (groups.sh), and a large tree of files
# (tree.sh). `npm run test:cluster -- progress`, `-- groups` and `-- tree` are about these alone.
set -uo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
unset MPICOUNT_HOME MPICOUNT_JOB MPICOUNT_LAUNCH MPICOUNT_MODULES MPICOUNT_MPI MPICOUNT_REQUEUES
# shellcheck source=test/cluster/cluster.sh
. "$project/test/cluster/cluster.sh"

bash "$project/scripts/setup.sh" --tests || exit
cluster_up 8 || exit

# mpirun refuses to run as root otherwise; people are not root on a cluster.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
# More ranks than cores.
export OMPI_MCA_mpi_yield_when_idle=1

job_seconds=150 # more than any job here takes from one start to the next
all_seconds=900 # more than all of them take
work=$CLUSTER_DIR/work
mkdir "$work" && cd "$work" || exit

passed=0
failed=0
shown_err=
# check WHAT COMMAND...
check() {
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED: %s\n' "$what" >&2
    # The standard error of the job that was looked at last, once for all of its checks.
    if [[ ${err-} != "$shown_err" ]]; then
      shown_err=$err
      tail -n 20 <<<"$err" | sed 's/^/  its stderr: /' >&2
    fi
    return 1
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
  jobs[$name]=$(sbatch --parsable -o "$work/$name.out" -e "$work/$name.err" "$@") || exit
}

# look NAME: sets state, nodes, code, and restarts, as scontrol shows them.
look() {
  local line
  line=$(scontrol --oneliner show job "${jobs[$1]}")
  [[ $line =~ \ JobState=([A-Z_]+) ]] && state=${BASH_REMATCH[1]}
  [[ $line =~ \ NodeList=([^ ]*) ]] && nodes=${BASH_REMATCH[1]}
  [[ $line =~ \ Restarts=([0-9]+) ]] && restarts=${BASH_REMATCH[1]}
  [[ $line =~ \ ExitCode=([0-9:]+) ]] && code=${BASH_REMATCH[1]}
}

is_on_its_way() {
  case $state in PENDING | CONFIGURING | RUNNING | COMPLETING | REQUEUED) ;; *) return 1 ;; esac
}

# finish NAME: waits for the job; sets what look does, out and err.
finish() {
  local deadline=$((SECONDS + job_seconds))
  while :; do
    look "$1"
    is_on_its_way || break
    if [[ $state == PENDING ]]; then deadline=$((SECONDS + job_seconds)); fi
    if ((SECONDS > deadline || SECONDS > all_seconds)); then
      scancel --full "${jobs[$1]}"
      state="STILL $state"
      break
    fi
    sleep 0.1
  done
  out=$(cat "$1.out")
  err=$(tr -d '\0' <"$1.err") # Open MPI 5 ends some of its messages with a zero byte
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

printf 'love: a love\nlove: b: c\n' >colons.txt
echo 'no love: none' >more.txt
printf -- 'say --log \xff\xfe --mca \xff\xfe\n' >odd.txt
printf '#!/bin/sh\n# love: not counted\ntouch deployed\n' >deploy.sh
chmod +x deploy.sh

# --- All jobs are submitted at once; SLURM runs as many at a time as fit.
ways=('mpirun.openmpi' 'srun --mpi=pmix' 'mpiexec.mpich' 'srun --mpi=pmi2')
both=(-N 2 -n 4 --ntasks-per-node=2)
script=$project/jobs/count.slurm
# shellcheck source=test/cluster/stops.sh
. "$project/test/cluster/stops.sh"
# shellcheck source=test/cluster/pbs.sh
. "$project/test/cluster/pbs.sh"
# shellcheck source=test/cluster/tree.sh
. "$project/test/cluster/tree.sh"
# shellcheck source=test/cluster/groups.sh
. "$project/test/cluster/groups.sh"
# shellcheck source=test/cluster/progress.sh
. "$project/test/cluster/progress.sh"

# report TABLE...: prints the tables and the number of checks; fails if one has failed.
report() {
  printf '%s\n\n' "$@"
  printf '%d passed, %d failed, in %d seconds\n' "$passed" "$failed" "$SECONDS"
  ((failed == 0))
}

if [[ ${1-} == tree ]]; then
  begin_tree
  end_tree
  report "$tree_table"
  exit
fi
if [[ ${1-} == progress ]]; then
  begin_progress
  end_progress
  report "$progress_table"
  exit
fi
if [[ ${1-} == groups ]]; then
  begin_groups
  end_groups
  report "$groups_table"
  exit
fi
begin_long
for way in "${ways[@]}"; do
  export MPICOUNT_LAUNCH=$way
  submit "$way, counts" "${both[@]}" "$script" -i -e love -e hate -e "$odd" -e absent "$file"
  # More than once: how ranks meet at the end of a job is a matter of luck.
  for again in 2 3 4; do
    submit "$way, again $again" "${both[@]}" "$script" -i -e love -e hate -e "$odd" -e absent "$file"
  done
  submit "$way, threads" -N 2 -n 2 --ntasks-per-node=1 -c 2 "$script" -i -e love -e hate -e "$odd" -e absent "$file"
  submit "$way, missing file" "${both[@]}" "$script" love "$file" 'no such file'
  submit "$way, empty pattern" "${both[@]}" "$script" -e '' "$file"
done

# Where the program is: by a copy of the script, which is in no project.
export MPICOUNT_LAUNCH=mpirun.openmpi
cp "$script" copy.slurm
mkdir -p bin
ln -s "$project/dist/mpicount.cjs" bin/mpicount
MPICOUNT_HOME=$project submit 'home by variable' -n 1 copy.slurm -i --log-dir 'my logs' love "$file"
MPICOUNT_HOME=$work submit 'wrong home' -n 1 copy.slurm love "$file"
PATH=$work/bin:$PATH submit 'on PATH' -n 1 copy.slurm -i love "$file"
# A folder that somebody else made, and a copy of the script: what is in the folder is not run.
mkdir -p foreign/dist
echo 'console.log("99 foreign")' >foreign/dist/mpicount.cjs
cd foreign || exit
submit 'in a foreign folder' -n 1 "$script" -i love "../$file"
submit 'a copy in a foreign folder' -n 1 ../copy.slurm -i love "../$file"
cd .. || exit
submit 'nowhere' -n 1 copy.slurm love "$file"
MPICOUNT_LAUNCH='no-such-launcher' submit 'no launcher' -n 1 "$script" love "$file"
# Launchers that say that all is well. This is not a result.
MPICOUNT_LAUNCH=true submit 'launcher of nothing' -n 1 "$script" love "$file"
# Launchers that print something, lose what ranks print, or end with a status of their own.
printf '#!/bin/sh\nmpirun.openmpi "$@" >/dev/null\necho "7\tlove"\nexit 213\n' >bin/launcher
chmod +x bin/launcher
MPICOUNT_LAUNCH=$work/bin/launcher submit 'launcher with words' -n 1 "$script" -i love "$file"
printf '#!/bin/sh\nexit 213\n' >bin/broken
chmod +x bin/broken
MPICOUNT_LAUNCH=$work/bin/broken submit 'launcher that fails' -n 1 "$script" love "$file"
# Arguments that mean something to schedulers, launchers and shells, or are no UTF-8; tasks for each node without -n.
submit 'colons' -n 2 "$script" -e love -e: colons.txt more.txt
# shellcheck disable=SC2088 # a folder of that name
odd_logs='~/100% \n %t'
submit 'odd words' -N 2 --ntasks-per-node=3 -J '100%j \n' "$script" --log-dir "$odd_logs" -e --log -e $'\xff\xfe' -e '--mca' odd.txt
# A pattern that is a lone colon, with what would be run were it taken for the start of a program.
submit 'a lone colon' -n 2 --wrap "bash $script -e : ./deploy.sh colons.txt"
touch "an array.out"
submit 'an array' --array=3-4 -n 2 -o "$work/array-%a.out" "$script" -e love -e: colons.txt
# A job that a task of an array submits gets the variables of that task.
submit 'a task that submits' --array=5 -n 1 --wrap "sbatch --parsable -n 2 -o '$work/a submitted job.out' \\
  -e '$work/a submitted job.err' '$script' -e love -e: colons.txt >submitted"
submit 'a heterogeneous job' -n 1 : -n 1 "$script" love "$file"
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
  check "$name: two ranks on each of two hosts" equal "$(tr ' ' '\n' <<<"$hosts" | sort | uniq -c | awk '{ print $1 }' | paste -sd' ')" '2 2'
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
  finish "$way, threads"
  check "$way, threads: the job's state" equal "$state $code" 'COMPLETED 0:0'
  check "$way, threads: totals" equal "$out" "$expected"
  # Nodes are all of this machine, and no rank is bound to a part of it.
  check "$way, threads: two on each of two ranks" equal "$(grep -c "\"threads\":2,\"cores\":$(nproc)," \
    "logs/${jobs["$way, threads"]}"/ranks/000/* | cut -d: -f2 | paste -sd' ')" '1 1'
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
for name in 'home by variable' 'on PATH' 'in a foreign folder' 'launcher with words' 'modules'; do
  finish "$name"
  check "$name: the job's state" equal "$state $code" 'COMPLETED 0:0'
  check "$name: totals" equal "$out" "$love"
done
check 'modules: loaded in order' matches "$err" $'module load one\nmodule load two'
check 'in a foreign folder: logs are there' test -e "foreign/logs/${jobs['in a foreign folder']}/result.json"
finish 'launcher with words'
check 'launcher with words: they are no totals' matches "$err" $'7\tlove'
check '--log-dir of the user: logs are there' test -e 'my logs/result.json'
check '--log-dir of the user: and only there' test ! -e "logs/${jobs['home by variable']}"
while IFS=: read -r name message; do
  finish "$name"
  check "$name: the job's state" equal "$state $code" 'FAILED 4:0'
  check "$name: nothing on stdout" equal "$out" ''
  check "$name: the message" matches "$err" "(^|"$'\n'")(count.slurm|mpicount): [^"$'\n'"]*$message"
done <<'END'
wrong home:no dist/mpicount.cjs in MPICOUNT_HOME
nowhere:no mpicount beside this script or on PATH; set MPICOUNT_HOME
a copy in a foreign folder:no mpicount beside this script or on PATH; set MPICOUNT_HOME
no launcher:no no-such-launcher on node[1-8]; set MPICOUNT_LAUNCH
launcher of nothing:true ended with status 0, and the program left neither totals nor an exit status
launcher that fails:bin/broken ended with status 213, and the program left neither totals nor an exit status
a heterogeneous job:this is a heterogeneous job
a missing module:module load missing failed
END
check 'a launcher that fails leaves nothing behind' test ! -e "logs/${jobs['launcher that fails']}"
finish 'colons'
check 'colons: the job' equal "$state $code $out" "COMPLETED 0:0 4${tab}love"$'\n'"4${tab}:"
finish 'a lone colon'
check 'a lone colon: the job' equal "$state $code $out" "COMPLETED 0:0 4${tab}:"
check 'a lone colon: nothing was executed' test ! -e deployed
finish 'odd words'
check 'odd words: the job' equal "$state $code $out" "COMPLETED 0:0 1${tab}--log"$'\n'"2${tab}"$'\xff\xfe\n'"1${tab}--mca"
check 'odd words: three ranks on each node' equal "$(find "$odd_logs/ranks" -name 'rank-*' | wc -l)" 6
finish 'an array'
for task in 3 4; do
  check "an array: totals of task $task" equal "$(cat "array-$task.out")" "3${tab}love"$'\n'"3${tab}:"
  check "an array: logs of task $task" test -e "logs/${jobs['an array']}_$task/result.json"
done
finish 'a task that submits'
jobs['a submitted job']=$(cat submitted)
finish 'a submitted job'
check 'a submitted job: the job' equal "$state $code $out" "COMPLETED 0:0 3${tab}love"$'\n'"3${tab}:"
check 'a submitted job: logs below its own number' test -e "logs/${jobs['a submitted job']}/result.json"

try_stops
begin_pbs
try_deaths
end_pbs
end_long

begin_progress
begin_groups
end_groups
begin_tree
end_tree
end_progress
report "$table" "$stops_table" "$groups_table" "$tree_table" "$progress_table"
