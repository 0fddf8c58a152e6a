"""Counts patterns in a file with an Aho-Corasick automaton (pyahocorasick).

usage: python3 count_ahocorasick.py -f LIST FILE
"""
import argparse

import ahocorasick

CHUNK = 16 << 20

parser = argparse.ArgumentParser()
parser.add_argument("-f", required=True)
parser.add_argument("file")
args = parser.parse_args()

# Bytes as characters: the library's usual build has automata over text.
with open(args.f, encoding="latin-1", newline="\n") as lines:
    patterns = lines.read().splitlines()
automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
for index, pattern in enumerate(patterns):
    automaton.add_word(pattern, index)
automaton.make_automaton()

counts = [0] * len(patterns)
with open(args.file, encoding="latin-1", newline="\n") as text:
    search = automaton.iter("")
    while chunk := text.read(CHUNK):
        search.set(chunk)
        for _, index in search:
            counts[index] += 1
for count, pattern in zip(counts, patterns):
    print(count, pattern, sep="\t")
