# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# Functions for run.sh that check the progress of a batch job, and the report on it: one host reads slowly (slow.c), and a rank on it stands still
# until it is named.

progress_name='progress'
progress_rank=3
progress_host=node8
progress_stall="rank $progress_rank on $progress_host has counted nothing for"
mpicount=(node "$project/dist/mpicount.cjs")

# begin_progress: submits the job, and lets the rank stand still while other jobs are looked at.
begin_progress() {
  MPICOUNT_LAUNCH=mpirun.openmpi MPICOUNT_TEST_HOST=$progress_host \
    submit_slow "$progress_name" 600 "${both[@]}" '--nodelist=node[7-8]' "${count[@]}" --progress always
  stand_still {cluster_lock_fd}>&- &
  progress_watch=$!
}

# has_named FILE: whether the rank is named there as one that stands still.
has_named() { grep -q "$progress_stall" "$1"; }

# stand_still: follows the job from outside, and stops the rank until both have named it. It is named after a minute, in a line that comes every
# 30 seconds.
stand_still() {
  local logs=logs/${jobs[$progress_name]} pid
  # The other host has counted its half by then.
  counting "$progress_name" $((all_blocks / 2 + 8)) || return
  "${mpicount[@]}" status --follow "$logs" >followed.out 2>followed.err &
  pid=$(sed -n 's/.*"event":"start".*"pid":\([0-9]*\),.*/\1/p' "$logs/ranks/000/rank-00000$progress_rank.jsonl")
  kill -STOP "$pid" || return
  cluster_wait_for 120 'naming a rank that stands still' eval "has_named '$progress_name.err' && has_named followed.err"
  kill -CONT "$pid"
  wait
}

# kib_in FILE: how many KiB are counted by the first line there that names the rank.
kib_in() { sed -n "s/^mpicount: [0-9]* %: \([0-9]*\) KiB of .* found so far, $progress_stall .*/\1/p" "$1" | head -n 1; }

# agrees FILE FILE: whether the second one, from the logs, has as many KiB as the first one, or one block more, which the rank had counted but
# not yet reported when it was stopped.
agrees() {
  local reported logged
  reported=$(kib_in "$1")
  logged=$(kib_in "$2")
  [[ $reported && $logged ]] && matches "$logged" "^($reported|$((reported + block / 1024)))$"
}

# are_rare SECONDS: whether the lines of progress are no more than one at each tenth of the corpus and one every 30 seconds.
are_rare() {
  sed -n 's/^mpicount: \([0-9]*\) %: .*/\1/p' <<<"$err" | awk -v seconds="$1" '
    { tenth = int($1 / 10); if (NR > 1 && tenth < last) exit 1; if (NR > 1 && tenth == last) again++; last = tenth }
    END { exit !(NR >= 5 && again <= seconds / 30) }'
}

progress_table='WHAT A JOB TOLD OF ITS PROGRESS, AND ITS REPORT'
end_progress() {
  local name=$progress_name logs=logs/${jobs[$progress_name]} rate='[0-9.]+ [KM]?i?B/s' size told summary seconds
  wait "$progress_watch"
  finish "$name"
  check "$name: the job's state" equal "$state $code" 'COMPLETED 0:0'
  check "$name: totals" equal "$out" "$expected"
  check "$name: nothing is redrawn" equal "${err//[^$'\r\e']/}" ''
  seconds=$(node -p 'JSON.parse(fs.readFileSync(process.argv[1], "utf8")).seconds' "$logs/result.json")
  check "$name: a line at each tenth and every 30 seconds" are_rare "$seconds"
  size=$(awk -v bytes="$(stat -c %s "$file")" 'BEGIN { printf "%.1f MiB", bytes / 1024 / 1024 }')
  told=$(grep "$progress_stall" <<<"$err" | head -n 1)
  check "$name: a rank that stands still is named" matches "$told" \
    "^mpicount: [0-9]+ %: [0-9.]+ [KM]iB of $size, $rate, [^,]+ left, [0-9]+ found so far, $progress_stall (6[0-9]|[78][0-9]|9[0-5]) s$"
  check "$name: status --follow says the same" agrees "$name.err" followed.err
  check "$name: status --follow ends when all is counted" equal "$(head -n 1 followed.out)" complete
  summary=$(grep '^mpicount: ' <<<"$err" | tail -n 2)
  check "$name: two lines at the end" matches "$summary" "^mpicount: counted $size in [0-9.]+ (s|min): $rate; of a rank: least $rate, median $rate, most $rate"$'\n'"mpicount: start-up [0-9.]+ s; (reduction [0-9.]+ s; )?at most [0-9.]+ (s|min) of waiting for rank $progress_rank on $progress_host$"
  "${mpicount[@]}" report "$logs" >report.out
  check "$name: the report fits 80 columns" test "$(LC_ALL=C.UTF-8 wc -L <report.out)" -le 80
  # Rank 3 was most likely stopped while it read.
  check "$name: the report on hosts and ranks" equal "$(sed -En '1p; s/^(run +4 ranks on 2 hosts), .*/\1/p
    s/^ +([0-3]) ([0-9.]+ [KM]iB +){2}([0-9.]+ +){4}((reading|idle) )?(node[78])$/\1 \4\6/p' report.out | sed 's/^3 idle/3 reading/')" \
    $'complete\nrun      4 ranks on 2 hosts\n0 node7\n1 node7\n2 reading node8\n3 reading node8'
  progress_table+=$(printf '\n%s' "$(grep '^mpicount: ' <<<"$err")" "$(sed -n '/^rank/,/^ *3/p' report.out)")
}
