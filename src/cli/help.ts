export const help = `mpicount counts every occurrence of given words in text of any size, over MPI ranks.

usage: mpicount count [options] PATTERN FILE...
       mpicount count [options] -e PATTERN... [-f FILE]... FILE...
       mpicount status LOGDIR [--format json]
       mpicount doctor
       mpicount build [MPICC [NAME]]
       mpicount launch [--scheduler NAME] -- count ...
       mpirun -np 4 mpicount count -i -e love -e hate book.txt

count: prints COUNT<TAB>PATTERN a line, in the order given. Patterns are literal bytes, counted independently of each other.
  -e, --pattern PATTERN    count this; may be repeated
  -f, --pattern-file FILE  count each line of FILE (- is standard input)
      --files-from FILE    count also in the files that FILE names, one a line, or as find -print0 writes them
  -i, --ignore-case        ignore case (Unicode simple case folding)
  -w, --word               only where no word character stands right before or after
      --overlapping        also occurrences that overlap one that was counted
      --format FORMAT      text (as above) or json
      --log-dir DIR        below DIR: one log a rank, from which the count can be resumed, and result.json
      --resume             go on with what an earlier run left in DIR, with any number of ranks; or begin
      --allow-growth       files may grow meanwhile, and until resumed: they are counted up to their size at the start
      --time-limit TIME    stop in time to end within TIME (90s, 15m, 2h), to be resumed; SLURM's limit is known anyway
      --log LEVEL          blocks (as above), summary (without blocks: cannot be resumed) or off (no rank logs)
      --log-sync TIME      a machine that fails costs at most TIME of counting (10s)
      --log-mode MODE      files below DIR get the mode MODE (0600, 0640, 0644, 0660, 0664), and folders the like; else the
                           umask decides. They hold patterns and paths
      --log-shared         DIR may be a folder that other users own or can write to
      --threads N          count N blocks at a time in each rank (1)
      --io HOW             mmap, read, or auto: the faster one on local file systems, large reads on all others
      --block-size SIZE    count SIZE bytes at a time (4096, 64K, 16M, 1G); the totals do not depend on it

FILE may be a pipe, or - for standard input, when one rank counts. Text is bytes: an é of one character (NFC) is not an e with
an accent of its own (NFD); a pattern is not found across the lines of a wrapped FASTA file; JSON is counted with its escapes
and names. Chinese, Japanese and Thai words have no blanks between them, so -w finds few of them. A lone : as an argument does
not pass sbatch and mpirun: write -e:. Lists may be UTF-8 or, with a byte order mark, UTF-16, in lines that end in LF or in CR LF.

status: what is in the log folder of a count: how far it got, totals so far, hosts, what is missing.

doctor: which MPI this is built for, which launcher started it, what each rank sees, and known problems.

build: builds the native addons here, for the MPI of mpicc on PATH (or MPICC=/path/to/mpicc in the environment). With MPICC, an MPI's
C compiler wrapper, it builds for that MPI, too; NAME (mpich-4.2) tells two builds for the same MPI apart. Where the
program's own folder cannot be written to, they go to \${XDG_DATA_HOME:-~/.local/share}/mpicount.

launch: runs count with all ranks of a job of slurm, pbs, lsf or flux, or with NP ranks on this machine. It passes on arguments as they
are, stops the job in time, has it start again, and prints the totals; job scripts end in it. MPICOUNT_LAUNCH is what starts
the ranks (mpirun), MPICOUNT_REQUEUES how often a job may start again (100).

  -h, --help               this
  -V, --version            the version

exit status: 0 done, 2 wrong usage, 3 input, 4 MPI or launch, 5 output or log, 70 a bug,
             85 stopped early, can be resumed
environment: MPICOUNT_MPI=NAME uses the MPI addon of that name; mpicount doctor lists them
`;
