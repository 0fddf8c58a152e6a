export const help = `mpicount counts every occurrence of given words in text of any size, over MPI ranks.

usage: mpicount count [options] PATTERN FILE...
       mpicount count [options] -e PATTERN... [-f FILE]... FILE...
       mpicount wc [options] FILE...
       mpicount status LOGDIR [--format json]
       mpicount doctor
       mpicount build [MPICC [NAME]]
       mpicount launch [--scheduler NAME] -- count ...
       mpirun -np 4 mpicount count -i -e love -e hate book.txt

count: prints COUNT<TAB>PATTERN, one line per pattern, in the order given. Patterns are literal bytes; each is counted
independently of the others.
  -e, --pattern PATTERN    count PATTERN; may be repeated
  -f, --pattern-file FILE  count each line of FILE as a pattern (- is standard input)
      --files-from FILE    also count in the files listed in FILE, one per line or zero-terminated (find -print0)
  -i, --ignore-case        ignore case (Unicode simple case folding)
  -w, --word               count only whole words: no word character directly before or after
      --overlapping        also count occurrences that overlap the one counted before
      --format FORMAT      text (as above) or json
      --log-dir DIR        write to DIR: one log per rank, from which the count can be resumed, and result.json
      --resume             continue the count that an earlier run left in DIR, with any number of ranks; if there is none, start it
      --allow-growth       files may grow during the count and before it is resumed; they are counted up to their initial size
      --time-limit TIME    stop before TIME is over (90s, 15m, 2h), to be resumed; SLURM's time limit is known without it
      --log LEVEL          blocks (as above), summary (without blocks: cannot be resumed) or off (no rank logs)
      --log-sync TIME      make the logs durable every TIME, so that a crashed machine loses at most TIME of counting (10s)
      --log-mode MODE      permissions of files in DIR (0600, 0640, 0644, 0660, 0664), and matching ones of folders; the
                           default is the umask. The files contain patterns and paths
      --log-shared         accept a folder DIR that other users own or can write to
      --threads N          count N blocks concurrently in each rank (1)
      --io METHOD          mmap, read, or auto: the faster one on local file systems, large reads on all others
      --block-size SIZE    size of a block (4096, 64K, 16M, 1G); the totals do not depend on it

With one rank, FILE may be a pipe, or - for standard input. Text is bytes: the composed é (NFC) does not match an e with a
combining accent (NFD). A pattern does not match across the lines of a wrapped FASTA file. JSON is counted as written, with its
escapes and field names. Chinese, Japanese and Thai words are not separated by spaces, so -w finds few of them. sbatch and mpirun
drop or misread a lone : as an argument; write -e:. Lists may be UTF-8 or, with a byte order mark, UTF-16; all their lines must
end in LF, or all in CR LF.

wc: prints lines, words, characters and bytes of each FILE and of all, as wc -lwmc does in the C.UTF-8 locale; pipes come last.
      --words VERSION      words as coreutils 9.4 and earlier (9.4, the default) or 9.5 and later (9.5) delimit them
  All options of count that are not about patterns.

status: prints the progress that the log folder of a count records: totals so far, hosts, missing blocks.

doctor: prints the MPI builds, the launcher, what each rank sees, and the known problems with it.

build: builds the native addons on this machine, for the MPI of the mpicc on PATH (or MPICC=/path/to/mpicc in the environment).
With MPICC, the C compiler wrapper of an MPI, it adds a build for that MPI; NAME (such as mpich-4.2) distinguishes two builds for
the same MPI. If the program's own folder is not writable, the addons go to \${XDG_DATA_HOME:-~/.local/share}/mpicount.

launch: runs count with all ranks of a slurm, pbs, lsf or flux job, or with $NP ranks (4) on this machine; job scripts use it. It passes
arguments on unchanged, stops the job before its time limit, starts it again, and prints the totals. MPICOUNT_LAUNCH sets
the command that starts the ranks (mpirun), MPICOUNT_REQUEUES how often a job may start again (100).

  -h, --help               print this help
  -V, --version            print the version

exit status: 0 done, 2 wrong usage, 3 input, 4 MPI or launch, 5 output or log, 70 a bug,
             85 stopped early, can be resumed
environment: MPICOUNT_MPI=NAME selects the MPI build of that name; mpicount doctor lists them
`;
