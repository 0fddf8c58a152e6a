export const help = `mpicount counts every occurrence of given words in text of any size, over MPI ranks.

usage: mpicount count [options] PATTERN FILE...
       mpicount count [options] -e PATTERN... [-f FILE]... FILE...
       mpicount doctor
       mpirun -np 4 mpicount count -i -e love -e hate book.txt

count: prints COUNT<TAB>PATTERN a line, in the order given. Patterns are literal bytes, counted independently of each other.
  -e, --pattern PATTERN    count this; may be repeated
  -f, --pattern-file FILE  count each line of FILE (- is standard input)
  -i, --ignore-case        ignore case (Unicode simple case folding)
  -w, --word               only where no word character stands right before or after
      --overlapping        also occurrences that overlap one that was counted
      --format FORMAT      text (as above) or json
      --log-dir DIR        one log a rank, and result.json, below DIR
      --block-size SIZE    count SIZE bytes at a time (4096, 64K, 16M, 1G); the totals do not depend on it

doctor: which MPI this is built for, which launcher started it, what each rank sees, and known traps.

  -h, --help               this
  -V, --version            the version

exit status: 0 done, 2 wrong usage, 3 input, 4 MPI or launch, 5 output or log, 70 a bug
environment: MPICOUNT_MPI=NAME uses the MPI addon of that name; mpicount doctor lists them
`;
