# shellcheck shell=bash disable=SC2154 # sourced by run.sh
# Documents as JSON lines in a .gz of many members, counted by two nodes and broken down by source, of which the second one dies in the
# middle (slow.c), as functions for run.sh.

groups_ways=('srun --mpi=pmix' mpirun.openmpi)
groups_block=8192

# make_documents: makes documents.jsonl.gz, and the table that is to be counted in it, by a naive count.
make_documents() {
  # shellcheck disable=SC2016 # JavaScript
  node -e '
    const { writeFileSync } = require("node:fs");
    const { gzipSync } = require("node:zlib");
    const sources = ["web", "news", "books", "caf\u00e9, \u201ca\u201d", undefined];
    const words = ["love", "glove", "prince", "r\u00e9sum\u00e9", "\u611b", "\n", "hate"];
    let seed = 7;
    const below = (limit) => (seed = (seed * 48271) % 2147483647) % limit;
    const rows = new Map();
    const members = [];
    for (let member = 0; member < 400; member += 1) {
      let lines = "";
      for (let index = 0; index < 40; index += 1) {
        const source = sources[below(5)];
        const text = Array.from({ length: below(60) }, () => words[below(7)] + below(1000)).join(" ");
        lines += JSON.stringify({ id: index, url: "http://love.example/", source, text }) + "\n";
        for (const pattern of ["love", "prince", "\u611b"]) {
          const found = text.split(pattern).length - 1;
          if (found === 0) continue;
          const key = JSON.stringify([source ?? "", pattern]);
          const [count, records] = rows.get(key) ?? [0, 0];
          rows.set(key, [count + found, records + 1]);
        }
      }
      members.push(gzipSync(lines));
    }
    writeFileSync("documents.jsonl.gz", Buffer.concat(members));
    const quoted = (name) => (/[",]/.test(name) ? `"${name.replaceAll("\"", "\"\"")}"` : name);
    let table = "count,records,pattern,group\r\n";
    for (const source of ["", "books", sources[3], "news", "web"]) {
      for (const pattern of ["love", "prince", "\u611b"]) {
        const [count, records] = rows.get(JSON.stringify([source, pattern]));
        table += `${count},${records},${pattern},${quoted(source)}\r\n`;
      }
    }
    writeFileSync("documents.csv", table);'
}

begin_groups() {
  local way milliseconds
  check 'groups: documents' make_documents || return
  groups_blocks=$((($(stat -c %s documents.jsonl.gz) + groups_block - 1) / groups_block))
  # The ranks together take 40 seconds for all blocks.
  milliseconds=$((4 * 40 * 1000 / groups_blocks))
  local args=(--records jsonl:text --by jsonl:source --format csv --io read --block-size "$groups_block" -e love -e prince -e 愛)
  for way in "${groups_ways[@]}"; do
    LD_PRELOAD=$work/slow.so MPICOUNT_TEST_SLOW=$milliseconds MPICOUNT_TEST_TEXT=$work/documents MPICOUNT_LAUNCH=$way \
      submit "$way, groups" "${both[@]}" "$script" "${args[@]}" documents.jsonl.gz
  done
  for way in "${groups_ways[@]}"; do
    check "$way, groups: counts" counting "$way, groups" 8
    groups_node=$(scontrol show hostnames "$nodes" | tail -n 1)
  done
  node_kill "$groups_node"
}

groups_table=$(printf '%-18s %-34s %-10s %9s %7s %s' 'LAUNCHED BY' 'BY SOURCE, A NODE DEAD' JOB REQUEUED BLOCKS ROWS)
end_groups() {
  local way different
  for way in "${groups_ways[@]}"; do
    finish "$way, groups"
    check "$way, groups: the job's state" equal "$state $code" 'COMPLETED 0:0'
    check "$way, groups: the table" equal "$out" "$(cat documents.csv)"
    check "$way, groups: how often it was requeued" equal "$restarts" 1
    read -r _ different < <(blocks "logs/${jobs["$way, groups"]}")
    check "$way, groups: all blocks are in the logs" equal "$different" "$groups_blocks"
    groups_table+=$(printf '\n%-18s %-34s %-10s %9d %7d %d' "$way" "$groups_node" "$state" "$restarts" "$different" "$(wc -l <documents.csv)")
  done
  check 'groups: the node comes back' node_up "$groups_node"
}
