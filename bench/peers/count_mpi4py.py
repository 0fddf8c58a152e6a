"""Counts words in a file, as a user of mpi4py would write it.

usage: mpirun -np N python3 count_mpi4py.py [-i] [-e PATTERN | -f LIST]... FILE
"""
import argparse
import os

from mpi4py import MPI

CHUNK = 64 << 20

parser = argparse.ArgumentParser()
parser.add_argument("-i", action="store_true")
parser.add_argument("-e", action="append", default=[])
parser.add_argument("-f")
parser.add_argument("file")
args = parser.parse_args()

patterns = [os.fsencode(pattern) for pattern in args.e]
if args.f:
    with open(args.f, "rb") as lines:
        patterns += lines.read().splitlines()
if args.i:
    patterns = [pattern.lower() for pattern in patterns]

comm = MPI.COMM_WORLD
size = os.path.getsize(args.file)
start = size * comm.rank // comm.size
end = size * (comm.rank + 1) // comm.size
# Occurrences that begin in this rank's part may end in the next one's.
reach = max(len(pattern) for pattern in patterns) - 1

counts = [0] * len(patterns)
with open(args.file, "rb") as text:
    for begin in range(start, end, CHUNK):
        stop = min(begin + CHUNK, end)
        text.seek(begin)
        data = text.read(stop - begin + reach)
        if args.i:
            data = data.lower()
        for index, pattern in enumerate(patterns):
            limit = stop - begin + len(pattern) - 1
            counts[index] += data.count(pattern, 0, limit)

totals = [comm.reduce(count) for count in counts]
if comm.rank == 0:
    for pattern, total in zip(patterns, totals):
        print(total, os.fsdecode(pattern), sep="\t")
