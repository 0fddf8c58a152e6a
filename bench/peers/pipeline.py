"""Counts a word in a file with coroutines, each of which sends to the next.

usage: python3 pipeline.py [-i] -e PATTERN FILE
"""
import argparse


def coroutine(function):
    def start(*args):
        generator = function(*args)
        next(generator)
        return generator

    return start


def read(file, target):
    with open(file, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            target.send(line)
    target.close()


@coroutine
def fold(target):
    try:
        while True:
            target.send((yield).lower())
    except GeneratorExit:
        target.close()


@coroutine
def match(pattern, target):
    try:
        while True:
            target.send((yield).count(pattern))
    except GeneratorExit:
        target.close()


@coroutine
def count(pattern):
    total = 0
    try:
        while True:
            total += yield
    except GeneratorExit:
        print(total, pattern, sep="\t")


parser = argparse.ArgumentParser()
parser.add_argument("-i", action="store_true")
parser.add_argument("-e", required=True)
parser.add_argument("file")
args = parser.parse_args()

if args.i:
    pattern = args.e.lower()
    read(args.file, fold(match(pattern, count(pattern))))
else:
    read(args.file, match(args.e, count(args.e)))
