# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# A tree of 100,000 small and 20 large files in all formats, counted by two nodes of which the second one is slowed (slow.c), with either
# schedule, as functions for run.sh.

tree_packers=('cat' 'gzip -c' 'zstd -q -c' 'xz -c -0' 'bzip2 -c' 'lz4 -q -c' 'bgzip -c')

# make_tree: makes the tree, and sets tree_expected to what is to be counted in it. Small and large files take turns, so that all ranks have
# some of each.
make_tree() {
  local packer n words index=0 love=0
  mkdir -p texts packed tree
  for n in 0 1 2 3 4; do
    words=$(yes 'love' | head -n "$n" | tr '\n' ' ')
    printf '%d days of %sand of hate, in text %d\n' "$n" "$words" $((n * n)) >"texts/small.$n"
  done
  awk 'BEGIN { for (i = 1; i <= 40000; i++) printf "%d Love" (i % 3 ? " and lovely days" : "") "\n", i * 7919 % 40009 }' >texts/large
  split --number=l/6 texts/large texts/part.
  for packer in "${tree_packers[@]}"; do
    # shellcheck disable=SC2086 # a command and its arguments
    for n in 0 1 2 3 4; do $packer <"texts/small.$n" >"packed/small.$n.$index" || return; done
    # shellcheck disable=SC2086
    $packer <texts/large >"packed/large.0.$index" || return
    # And one of many units.
    # shellcheck disable=SC2086
    for n in texts/part.*; do $packer <"$n"; done >"packed/large.1.$index"
    index=$((index + 1))
  done
  # shellcheck disable=SC2016 # JavaScript
  node -e '
    const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
    const packed = (name) => readFileSync(`packed/${name}`);
    const small = Array.from({ length: 35 }, (_, i) => packed(`small.${i % 5}.${i % 7}`));
    for (let i = 0; i < 100_000; i += 1) {
      const folder = `tree/${String(Math.floor(i / 1000)).padStart(2, "0")}`;
      if (i % 1000 === 0) mkdirSync(folder);
      if (i % 5000 === 0) writeFileSync(`${folder}/large`, packed(`large.${(i / 5000) % 2}.${(i / 5000) % 7}`));
      writeFileSync(`${folder}/${i}`, small[i % 35]);
    }' || return
  for n in 0 1 2 3 4; do love=$((love + 20000 * $(grep -o love "texts/small.$n" | wc -l))); done
  love=$((love + 20 * $(grep -o love texts/large | wc -l)))
  tree_expected="$love${tab}love"$'\n'"100000${tab}hate"
}

# begin_tree: submits the jobs. The output of one of them lies in the tree, where the other one is told to leave it out.
begin_tree() {
  check 'a tree: made' make_tree || return
  export LD_PRELOAD=$work/slow.so MPICOUNT_TEST_SLOW=1 MPICOUNT_TEST_TEXT=$work/tree
  local how=(-N 2 -n 4 --ntasks-per-node=2 --time=5)
  local args=(--block-size 128K --io read -e love -e hate tree)
  touch tree/job.out tree/job.err
  ln -s tree/job.out 'a tree, dynamic.out'
  ln -s tree/job.err 'a tree, dynamic.err'
  MPICOUNT_TEST_HOST=node2 MPICOUNT_LAUNCH='srun --mpi=pmix' \
    submit 'a tree, dynamic' --nodelist='node[1-2]' "${how[@]}" "$script" --schedule dynamic "${args[@]}"
  MPICOUNT_TEST_HOST=node4 MPICOUNT_LAUNCH=mpirun.openmpi \
    submit 'a tree, static' --nodelist='node[3-4]' "${how[@]}" "$script" --exclude 'job.*' "${args[@]}"
  unset LD_PRELOAD MPICOUNT_TEST_SLOW MPICOUNT_TEST_TEXT
}

tree_table=$(printf '%-10s %-6s %-8s %7s %10s %s' SCHEDULE RANK HOST BLOCKS BYTES 'SECONDS UNTIL IT WAITED')
# ranks_of FOLDER: for each rank, its number, host, counted blocks and bytes, and the time until it had no more to count.
ranks_of() {
  # shellcheck disable=SC2016 # JavaScript
  node -e '
    const { readFileSync } = require("node:fs");
    for (const rank of [0, 1, 2, 3]) {
      const log = readFileSync(`${process.argv[1]}/ranks/000/rank-00000${rank}.jsonl`, "utf8").trimEnd().split("\n");
      const events = log.map((line) => JSON.parse(line));
      const blocks = events.filter(({ event }) => event === "block");
      const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
      console.log(rank, events[0].host, blocks.length, bytes, events.find(({ event }) => event === "waiting").seconds);
    }' "$1"
}

end_tree() {
  local schedule name rank host blocks bytes seconds
  local -A counted=()
  for schedule in dynamic static; do
    name="a tree, $schedule"
    finish "$name"
    check "$name: the job's state" equal "$state $code" 'COMPLETED 0:0'
    check "$name: totals" equal "$out" "$tree_expected"
    check "$name: four rank logs with an end" equal "$(grep -l '"event":"end"' "logs/${jobs[$name]}"/ranks/*/* | wc -l)" 4
    check "$name: files" equal "$(node -p 'JSON.parse(fs.readFileSync(process.argv[1], "utf8")).files' "logs/${jobs[$name]}/result.json")" 100020
    counted=()
    while read -r rank host blocks bytes seconds; do
      counted[$host]=$((${counted[$host]-0} + bytes))
      tree_table+=$(printf '\n%-10s %-6s %-8s %7s %10s %s' "$schedule" "$rank" "$host" "$blocks" "$bytes" "$seconds")
    done < <(ranks_of "logs/${jobs[$name]}")
    check "$name: on two hosts" equal "${#counted[@]}" 2
    case $schedule in
      dynamic)
        check "$name: its own output is left out" matches "$err" 'note: left out: 2 output files of this job \(the first: tree/job.err\)'
        check "$name: the slowed node counts less" test "${counted[node2]}" -lt "${counted[node1]}"
        ;;
      static) check "$name: no note" equal "$(grep -c '^mpicount: note' <<<"$err")" 0 ;;
    esac
  done
}
