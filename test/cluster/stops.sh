# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# Jobs that are stopped, cancelled, or lose a node in the middle, and what becomes of them, as functions for run.sh, which has
# what they need. IoMethod takes long here (slow.c), so that there is a middle.

# submit_slow NAME MILLISECONDS SBATCH-ARGUMENT...: as submit does; each block takes so long.
submit_slow() {
  local name=$1 milliseconds=$2
  shift 2
  LD_PRELOAD=$work/slow.so MPICOUNT_TEST_SLOW=$milliseconds MPICOUNT_TEST_TEXT=$file submit "$name" "$@"
}

# blocks FOLDER: how many blocks were counted there so far, and how many different ones.
blocks() {
  grep -rhs '"event":"block".*"crc":' "$1/ranks" | sed 's/.*"block":\([0-9]*\),.*/\1/' |
    awk '{ lines++; if (!seen[$0]++) different++ } END { print lines + 0, different + 0 }'
}

# counting NAME BLOCKS [FOLDER]: waits until the job runs, and so many blocks are counted.
counting() {
  local folder=${3:-logs/${jobs[$1]}} counted deadline=$((SECONDS + job_seconds))
  while :; do
    look "$1"
    read -r counted _ < <(blocks "$folder")
    if [[ $state == RUNNING ]] && ((counted >= $2)); then return; fi
    if ! is_on_its_way || ((SECONDS > deadline)); then break; fi
    sleep 0.2
  done
  printf '%s: the job is %s, with %d blocks counted\n' "$1" "$state" "$counted" >&2
  return 1
}

# started NAME TIMES FOLDER: waits until rank 0 has started so often; by then, the job script handles signals.
started() {
  cluster_wait_for "$job_seconds" "start $2 of $1" eval "((\$(grep -c '\"event\":\"start\"' '$3/ranks/000/rank-000000.jsonl') >= $2))"
}

stop() { scancel --signal=USR2 --batch "${jobs[$1]}"; }

stops_table=$(printf '%-18s %-34s %-10s %9s %7s %s' 'LAUNCHED BY' 'WHAT HAPPENED' JOB REQUEUED BLOCKS 'COUNTED TWICE')
# done_once WAY WHAT RESTARTS FOLDER TWICE: what finish has just looked at is a job that is done, with all its totals, once, and
# at most so many blocks counted twice.
done_once() {
  local lines different twice
  check "$1, $2: the job's state" equal "$state $code" 'COMPLETED 0:0'
  check "$1, $2: totals, once" equal "$out" "$expected"
  check "$1, $2: how often it was requeued" matches "$restarts" "^($3)$"
  read -r lines different < <(blocks "$4")
  twice=$((lines - different))
  check "$1, $2: all blocks are in the logs" equal "$different" "$all_blocks"
  check "$1, $2: of which $twice were counted twice, not more than $5" test "$twice" -le "$5"
  stops_table+=$(printf '\n%-18s %-34s %-10s %9d %7d %d' "$1" "$2" "$state" "$restarts" "$different" "$twice")
}

# ended_early NAME STATE: what finish has just looked at has no totals.
ended_early() {
  check "$1: the job's state" equal "$state $code" "$2"
  check "$1: nothing on stdout" equal "$out" ''
}

cc -O1 -Wall -Wextra -Werror -shared -fPIC -o slow.so "$project/test/cluster/slow.c" || exit
block=16384
all_blocks=$((($(stat -c %s "$file") + block - 1) / block))
count=("$script" -i --io read --block-size "$block" -e love -e hate -e "$odd" -e absent "$file")
# takes SECONDS: how many milliseconds each block takes if four ranks take so long for all.
takes() { echo $((4 * $1 * 1000 / all_blocks)); }

# --- The end of the time. These take long: they begin first, and are looked at last.
long=('signal of SLURM, 1' 'signal of SLURM, 2' 'time limit')
long_ways=('srun --mpi=pmix' mpiexec.mpich mpirun.openmpi)
begin_long() {
  local apart=("${both[@]}" '--nodelist=node[7-8]') # where no node dies
  # SLURM's own signal comes 60 to 90 seconds after the start of three minutes, in time for 90 seconds before the end. In two minutes, it
  # may come before the job script handles it.
  MPICOUNT_LAUNCH=${long_ways[0]} submit_slow "${long[0]}" "$(takes 100)" --time=3 "${apart[@]}" "${count[@]}"
  MPICOUNT_LAUNCH=${long_ways[1]} submit_slow "${long[1]}" "$(takes 100)" --time=3 "${apart[@]}" "${count[@]}"
  # With a signal that does nothing, the program has to know when the end is.
  MPICOUNT_LAUNCH=${long_ways[2]} submit_slow "${long[2]}" "$(takes 75)" --time=1 --signal=B:CONT@1 "${apart[@]}" "${count[@]}"
  # A launcher that does not end when it is to.
  mkdir -p bin
  # shellcheck disable=SC2016 # expanded by the launcher
  printf '#!/bin/sh\n[ "$1" = --version ] && exit\ntrap "" USR2\nexec sleep 600\n' >bin/deaf
  # One that gets nowhere: it stops as it is told to, and no rank has counted anything.
  # shellcheck disable=SC2016
  printf '#!/bin/sh\n[ "$1" = --version ] && exit\ntrap "exit 1" USR2\necho >>idle-starts\nsleep 600 &\nwait\n' >bin/idle
  chmod +x bin/deaf bin/idle
  MPICOUNT_LAUNCH=$work/bin/deaf MPICOUNT_REQUEUES=0 submit 'deaf launcher' --nodelist=node7 -n 1 "${count[@]}"
  MPICOUNT_LAUNCH=$work/bin/idle submit 'no progress' --nodelist=node8 -n 1 "${count[@]}"
}
# starting TIMES: waits until the job without progress has started so often.
starting() { cluster_wait_for "$job_seconds" "start $1 of the job without progress" eval "((\$(wc -l <idle-starts) >= $1))"; }
end_long() {
  local index
  finish 'deaf launcher'
  ended_early 'deaf launcher' 'FAILED 85:0'
  for index in "${!long[@]}"; do
    finish "${long[index]}"
    done_once "${long_ways[index]}" "${long[index]}" '[1-9]' "logs/${jobs["${long[index]}"]}" 0
  done
  check 'time limit: who stopped it' matches "$err" 'its time is nearly up'
}

# --- A stop, scancel.
try_stops() {
  local way index slow own='logs/my own'
  slow=$(takes 15)
  stop 'deaf launcher'
  export MPICOUNT_LAUNCH=mpirun.openmpi
  for way in "${ways[@]}"; do
    MPICOUNT_LAUNCH=$way submit_slow "$way, stopped" "$slow" "${both[@]}" "${count[@]}"
    MPICOUNT_LAUNCH=$way submit_slow "$way, cancelled" "$slow" "${both[@]}" "${count[@]}"
  done
  MPICOUNT_REQUEUES=1 submit_slow 'one requeue' "$(takes 40)" "${both[@]}" "${count[@]}" --log-dir "$own"
  submit_slow 'no requeue' "$slow" --no-requeue "${both[@]}" "${count[@]}"
  submit_slow 'summary' "$slow" "${both[@]}" "${count[@]}" --log summary
  # It is the last to be disturbed, and must not have ended by then on a slow machine.
  submit_slow 'rank killed' "$(takes 60)" "${both[@]}" "${count[@]}"
  submit_slow array "$slow" --array=1-2 -o "$work/array, task %a.out" -e "$work/array, task %a.err" "${both[@]}" "${count[@]}"
  jobs['array, task 1']=${jobs[array]}_1
  jobs['array, task 2']=${jobs[array]}_2
  check 'no progress: starts' starting 1
  stop 'no progress'

  for way in "${ways[@]}"; do
    check "$way, stopped: counts" counting "$way, stopped" 8
    stop "$way, stopped"
    check "$way, cancelled: counts" counting "$way, cancelled" 8
    scancel "${jobs["$way, cancelled"]}"
  done
  check 'one requeue: counts' counting 'one requeue' 8 "$own"
  stop 'one requeue'
  check 'no requeue: counts' counting 'no requeue' 8
  stop 'no requeue'
  # A job that leaves nothing to resume is not stopped by a signal, and begins anew when it is started again.
  check 'summary: runs' cluster_wait_for "$job_seconds" 'job starting' test -e "logs/${jobs[summary]}/ranks/000/rank-000003.jsonl"
  stop summary
  sleep 1
  scontrol requeue "${jobs[summary]}"
  # Of an array, one task is stopped, and the other one left alone.
  check 'array, task 1: counts' counting 'array, task 1' 8
  stop 'array, task 1'
  check 'no progress: starts again' starting 2
  stop 'no progress'
  check 'rank killed: counts' counting 'rank killed' 8
  kill -KILL "$(sed -n 's/.*"event":"start".*"pid":\([0-9]*\),.*/\1/p' "logs/${jobs['rank killed']}/ranks/000/rank-000003.jsonl")"

  for index in "${!ways[@]}"; do
    way=${ways[index]}
    finish "$way, cancelled"
    ended_early "$way, cancelled" "CANCELLED $code"
    check "$way, cancelled: says how to go on" matches "$err" 'ended by SLURM; to go on, if it does not start the job again: sbatch '
    # With fewer ranks, and another way to launch.
    MPICOUNT_LAUNCH=${ways[index - 1]} submit "$way, by hand" -N 1 -n 3 "${count[@]}" --log-dir "logs/${jobs["$way, cancelled"]}"
  done
  # However many blocks were counted before the first stop.
  check 'one requeue: starts again' started 'one requeue' 2 "$own"
  stop 'one requeue'
  for way in "${ways[@]}"; do
    finish "$way, stopped"
    done_once "$way" 'stopped' 1 "logs/${jobs["$way, stopped"]}" 0
    finish "$way, by hand"
    done_once "$way" 'scancel, resumed by hand' 0 "logs/${jobs["$way, cancelled"]}" 0
  done
  finish 'one requeue'
  ended_early 'one requeue' 'FAILED 85:0'
  check 'one requeue: how often' equal "$restarts" 1
  check 'one requeue: says how to go on' matches "$err" "not requeued, because it may start again [01] times at most .MPICOUNT_REQUEUES.; to go on: sbatch [^"$'\n'"]*--log-dir 'logs/my own'"
  submit 'one requeue, by hand' "${both[@]}" "${count[@]}" --log-dir "$own"
  finish 'no requeue'
  ended_early 'no requeue' 'FAILED 85:0'
  check 'no requeue: how often' equal "$restarts" 0
  check 'no requeue: says how to go on' matches "$err" 'not requeued, because SLURM does not allow it; to go on: sbatch '
  finish 'rank killed'
  ended_early 'rank killed' "FAILED $code"
  check 'rank killed: not requeued' equal "$restarts" 0
  check 'no progress: starts once more' starting 3
  stop 'no progress'
  finish 'array, task 1'
  done_once mpirun.openmpi 'one task of an array, stopped' 1 "logs/${jobs['array, task 1']}" 0
  finish 'array, task 2'
  done_once mpirun.openmpi 'the other task of the array' 0 "logs/${jobs['array, task 2']}" 0
  finish 'no progress'
  ended_early 'no progress' 'FAILED 85:0'
  check 'no progress: requeued twice' equal "$restarts" 2
  check 'no progress: says why not again' matches "$err" 'not requeued, because 3 starts in a row have counted no block; to go on: sbatch '
  finish summary
  check '--log summary: the job' equal "$state $code $restarts" 'COMPLETED 0:0 1'
  check '--log summary: totals, once' equal "$out" "$expected"
  check '--log summary: began anew' test -e "logs/${jobs[summary]}-1/result.json"
  finish 'one requeue, by hand'
  done_once mpirun.openmpi 'too many stops, resumed by hand' 0 "$own" 0
}

# --- Nodes die, each under a job for each way to launch, which fill it. They go on where there is room.
deaths=('second node dead' 'second node cut off' 'first node dead')
pairs=('node[1-2]' 'node[3-4]' 'node[5-6]')
try_deaths() {
  local way index death
  # The ranks on a node that is cut off count on, while the job has started again elsewhere: some blocks are counted twice.
  local seconds=(45 80 45) twice=(0 $((all_blocks / 2)) 0)
  for index in "${!deaths[@]}"; do
    for way in "${ways[@]}"; do
      MPICOUNT_LAUNCH=$way submit_slow "$way, ${deaths[index]}" "$(takes "${seconds[index]}")" "${both[@]}" "${count[@]}"
    done
  done
  for index in "${!deaths[@]}"; do
    for way in "${ways[@]}"; do
      check "$way, ${deaths[index]}: counts" counting "$way, ${deaths[index]}" 8
      check "$way, ${deaths[index]}: where" equal "$nodes" "${pairs[index]}"
    done
  done
  # Its connections end with its processes; those of the others do not.
  node_kill node2
  node_cut node4
  node_cut node5
  node_kill node5
  for index in "${!deaths[@]}"; do
    death=${deaths[index]}
    for way in "${ways[@]}"; do
      finish "$way, $death"
      done_once "$way" "$death" 1 "logs/${jobs["$way, $death"]}" "${twice[index]}"
    done
  done
  check 'a node that was dead comes back' node_up node2
  check 'a node that was cut off comes back' node_up node4
  for way in "${ways[@]}"; do
    MPICOUNT_LAUNCH=$way submit "$way, back" "${both[@]}" '--nodelist=node[2,4]' "${count[@]}"
  done
  for way in "${ways[@]}"; do
    finish "$way, back"
    done_once "$way" 'on nodes that came back' 0 "logs/${jobs["$way, back"]}" 0
  done
}
