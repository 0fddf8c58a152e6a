"""Counts a word in the field `text` of JSON lines.

usage: python3 count_json.py LIBRARY -e PATTERN FILE
"""
import argparse
import importlib

parser = argparse.ArgumentParser()
parser.add_argument("library")
parser.add_argument("-e", required=True)
parser.add_argument("file")
args = parser.parse_args()

loads = importlib.import_module(args.library).loads
pattern = args.e
count = 0
with open(args.file, "rb") as lines:
    for line in lines:
        count += loads(line)["text"].count(pattern)
print(count, pattern, sep="\t")
