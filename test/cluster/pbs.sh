# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# jobs/count.pbs, with stand-ins for PBS's commands (fake-qsub, fake-qstat), as functions for run.sh, which has what they need.

# pbs FOLDER ARGUMENT...: submits there, and waits for the job and for those that go on with it.
pbs() {
  mkdir "$1" && cd "$1" && "$project/jobs/count.pbs" "${@:2}" >first
}
# pbs_slow FOLDER WALLTIME ARGUMENT...: in the background; it takes 12 seconds and has so much time.
pbs_slow() {
  LD_PRELOAD=$work/slow.so MPICOUNT_TEST_SLOW=$((3 * 12000 / all_blocks)) MPICOUNT_TEST_TEXT=$file FAKE_WALLTIME=$2 \
    pbs "$1" -i --io read --block-size "$block" -e love -e hate -e "$odd" -e absent "../$file" "${@:3}" &
}
# pbs_ended FOLDER: sets logs, of the first job, and out, err and statuses of all.
pbs_ended() {
  logs=$1/logs/$(cat "$1/first")
  out=$(cat "$1"/mpicount.o*)
  err=$(cat "$1"/mpicount.e*)
  statuses=$(cat "$1"/mpicount.x* | sort -n | paste -sd' ')
}

# pbs_counting FOLDER: waits until some blocks are counted; sets shell, the process id of the job's.
pbs_counting() {
  local counted deadline=$((SECONDS + job_seconds))
  until read -r counted _ < <(blocks "$1"/logs/*.pbs) && ((counted >= 6)); do
    ((SECONDS < deadline)) || return
    sleep 0.2
  done
  shell=$(cat "$1"/mpicount.p*)
}

# Submits all; some are still at work when it returns.
begin_pbs() {
  local shell
  ln -s "$project/test/cluster/fake-qstat" bin/qstat
  export PATH=$work/bin:$PATH QSUB=$project/test/cluster/fake-qsub MPICOUNT_LAUNCH=
  pbs_slow pbs-walltime 00:00:10
  pbs_slow pbs-signal 01:00:00
  pbs_slow pbs-qdel 1:00:00
  MPICOUNT_REQUEUES=0 pbs_slow pbs-one-job 0:08
  pbs_slow pbs-summary 0:08 --log=summary
  pbs pbs-good -i -e love -e hate -e "$odd" -e absent "../$file" &
  pbs pbs-missing love 'no such file' &
  pbs pbs-empty -e '' "../$file" &
  check 'PBS, qsig: counts' pbs_counting pbs-signal && kill -USR2 "$shell"
  check 'PBS, qdel: counts' pbs_counting pbs-qdel && kill -TERM -- "-$shell"
}

end_pbs() {
  local what
  wait
  pbs_ended pbs-good
  check 'PBS: totals' equal "$statuses $out" "0 $expected"
  check 'PBS: three ranks' equal "$(find "$logs/ranks" -name "rank-*" | wc -l)" 3
  pbs_ended pbs-missing
  check 'PBS, missing file: exit status, and nothing on stdout' equal "$statuses $out" '3 '
  check 'PBS, missing file: one message' equal "$(grep -c '^mpicount:.*no such file' <<<"$err")" 1
  pbs_ended pbs-empty
  check 'PBS: an empty argument' matches "$err" 'empty pattern'
  for what in walltime signal; do
    pbs_ended "pbs-$what"
    check "PBS, $what: jobs, the last of which is done" matches "$statuses" '^0( 85)+$'
    check "PBS, $what: totals, once" equal "$out" "$expected"
    check "PBS, $what: all blocks, none twice" equal "$(blocks "$logs")" "$all_blocks $all_blocks"
  done
  for what in qdel one-job; do
    pbs_ended "pbs-$what"
    check "PBS, $what: one job, without totals" matches "$statuses $out" '^[1-9][0-9]* $'
  done
  check 'PBS, one-job: exit status' equal "$statuses" 85
  check 'PBS, one-job: says how to go on' matches "$err" 'not requeued, because it may start again [01] times at most .MPICOUNT_REQUEUES.; to go on: jobs/count.pbs --log-dir logs/'
  pbs_ended pbs-summary
  check 'PBS, --log summary: totals' equal "$statuses $out" "0 $expected"
}
