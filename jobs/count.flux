#!/bin/bash
# Counts words with all ranks of a Flux job. It has been tested with stand-ins for Flux's commands only, not yet on a cluster. Its
# arguments are those of `mpicount count`:
#
#   flux batch -N 8 -n 512 -t 4h jobs/count.flux -i -w -f words.txt FILE...
#
# There is one rank for each core of the job. Totals and messages go to mpicount-JOBID.out, rank logs to logs/JOBID/ (or DIR, with
# --log-dir DIR). A job stops before its time limit; to resume it, with any number of ranks:
#   flux batch -n 4 jobs/count.flux --log-dir logs/JOBID -i -e love FILE
#
# Optional settings, in your environment or in a copy of this file:
#   MPICOUNT_LAUNCH='flux run'   command that starts the ranks (the default), of the MPI that the program was built for
#   MPICOUNT_MODULES='...'       environment modules to load, such as 'nodejs openmpi'
#   MPICOUNT_HOME=/path          folder of the program, if mpicount is not on PATH
#
#flux: --job-name=mpicount
#flux: --output=mpicount-{{id}}.out

die() {
  echo "count.flux: $1" >&2
  exit 4
}

for file in /etc/profile.d/{modules,lmod}.sh; do
  # shellcheck disable=SC1090
  if [[ -n ${MPICOUNT_MODULES-} && -e $file ]] && ! command -v module >/dev/null; then . "$file"; fi
done
for module in ${MPICOUNT_MODULES-}; do
  module load "$module" || die "module load $module failed on $(uname -n); correct MPICOUNT_MODULES, see: module avail"
done

# Flux runs a copy of this script, so its path does not lead to the project.
if [[ -n ${MPICOUNT_HOME-} ]]; then
  program=(node "$MPICOUNT_HOME/dist/mpicount.cjs")
  [[ -e ${program[1]} ]] || die "no dist/mpicount.cjs in MPICOUNT_HOME=$MPICOUNT_HOME; correct that or build it: npm run build"
else
  program=(mpicount)
  command -v mpicount >/dev/null || die 'no mpicount on PATH; set MPICOUNT_HOME to the folder it is in'
fi
command -v node >/dev/null || die "no node on $(uname -n); set MPICOUNT_MODULES to the module that has it"
exec "${program[@]}" launch --scheduler flux -- count "$@"
