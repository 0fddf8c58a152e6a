#!/bin/bash
# Counts words with all ranks of a Flux job. Tested with stand-ins for Flux's commands only, not yet on a cluster. Arguments are
# those of `mpicount count`:
#
#   flux batch -N 8 -n 512 -t 4h jobs/count.flux -i -w -f words.txt FILE...
#
# There is one rank for each core of the job. Totals are in mpicount-JOBID.out, with all messages; rank logs are under logs/JOBID/
# (--log-dir DIR changes that). A job stops in time before its limit; go on by hand, with any number of ranks:
#   flux batch -n 4 jobs/count.flux --log-dir logs/JOBID -i -e love FILE
#
# Set in your environment, or here in a copy of this file:
#   MPICOUNT_LAUNCH='flux run'   what starts the ranks (the default), of the MPI that the program was built for
#   MPICOUNT_MODULES='...'       modules to load first, such as 'nodejs openmpi'
#   MPICOUNT_HOME=/path          where the program is, when mpicount is not on PATH
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

# Flux runs a copy of this script, which does not tell where its project is.
if [[ -n ${MPICOUNT_HOME-} ]]; then
  program=(node "$MPICOUNT_HOME/dist/mpicount.cjs")
  [[ -e ${program[1]} ]] || die "no dist/mpicount.cjs in MPICOUNT_HOME=$MPICOUNT_HOME; correct that or build it: npm run build"
else
  program=(mpicount)
  command -v mpicount >/dev/null || die 'no mpicount on PATH; set MPICOUNT_HOME to the folder it is in'
fi
command -v node >/dev/null || die "no node on $(uname -n); set MPICOUNT_MODULES to the module that has it"
exec "${program[@]}" launch --scheduler flux -- count "$@"
