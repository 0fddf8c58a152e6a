"""Makes cases for kernels that count records, and says what each holds: a reference that shares no code with the program.

reference.py SEED NUMBER prints a case a line, as JSON: a text, what is searched in it and how it is cut, and what is expected.
"""
import base64
import json
import random
import re
import sys

PATTERNS = ["love", "lo", "x", "xx", "xxx", "ax", "LO", "K", "k", "s", "é", "É", "愛", "愛x", "e l", "\u00e9x", "xax", "lovelove", "n", "u00e9", "\\"]
PIECES = ["love", "LOVE", "lo", "x", "xx", "xxx", "a", "K", "k", "\u212a", "s", "ſ", "é", "É", "愛", " ", "-", "_", "0", "\udcff", "\udce6\udc84", "u00e9", "n"]
SEQUENCES = ["A", "C", "GG", "T", "ACGT", "N", "TTTT", "K", "k", "xx", "love"]
NAMES = ["web", "news", "", "café", "b", "B", "a\u0000b"]


def to_bytes(text):
    """Bytes that are not UTF-8 stand in a text as the surrogates of `surrogateescape`."""
    return text.encode("utf-8", "surrogateescape")


def is_word(char):
    return char == "_" or char.isalnum()


def starts(text, pattern, options):
    """Returns the occurrences of a pattern that pass the word rule, overlapping ones too."""
    flags = re.IGNORECASE if options["ignoreCase"] else 0
    found = [(match.start(), match.start() + len(pattern)) for match in re.finditer(f"(?={re.escape(pattern)})", text, flags)]
    if not options["word"]:
        return found
    return [
        (begin, end)
        for begin, end in found
        if not (begin > 0 and is_word(text[begin - 1])) and not (end < len(text) and is_word(text[end]))
    ]


def count(text, pattern, options):
    found = starts(text, pattern, options)
    if options["overlapping"]:
        return len(found)
    taken, last = 0, 0
    for begin, end in found:
        if begin >= last:
            taken, last = taken + 1, end
    return taken


def row_of(texts, patterns, options):
    """Returns occurrences, records with each pattern, and all records."""
    counts = [[count(text, pattern, options) for text in texts] for pattern in patterns]
    return [sum(row) for row in counts] + [sum(1 for one in row if one) for row in counts] + [len(texts)]


def random_text(rng, most=10):
    return "".join(rng.choices(PIECES, k=rng.randrange(most)))


# Lines


def lines_case(rng):
    text = "".join(random_text(rng) + rng.choice(["\n", "\n", "\r\n", "\n\n", ""]) for _ in range(rng.randrange(8)))
    lines = text.split("\n")
    return text, (lines[:-1] if lines[-1] == "" else lines)


# FASTQ


def fastq_case(rng):
    """Returns a text, and its sequences, or None if it is no FASTQ."""
    out, sequences = [], []
    end = rng.choice(["\n", "\n", "\r\n"])
    for index in range(rng.randrange(8)):
        sequence = "".join(rng.choices(SEQUENCES, k=rng.randrange(6)))
        quality = "".join(rng.choice("@+I!>ACGT") for _ in sequence)
        out += [f"@{rng.choice(['r', '@', '+', ''])}{index}", sequence, "+" + rng.choice(["", "r1", "@", "+"]), quality]
        sequences.append(sequence)
    text = "".join(line + end for line in out)
    if out and out[-1] and rng.random() < 0.3:
        text = text[: -len(end)]
    elif rng.random() < 0.2:
        text += rng.choice(["\n", "\r\n", "\n\n"])
    if not out or rng.random() > 0.1:
        return text, sequences
    wrong = rng.randrange(4 * len(sequences))
    broken = list(out)
    broken[wrong] = {0: "r1", 1: "@AC", 2: "-", 3: broken[wrong] + "I"}[wrong % 4]
    return "".join(line + end for line in broken), None


# JSON lines


def escaped(rng, char):
    if "\udc80" <= char <= "\udcff":
        return char
    if char in '"\\' or char < " ":
        return f"\\u{ord(char):04x}"
    if rng.random() < 0.15:
        units = char.encode("utf-16-be")
        return "".join(f"\\u{int.from_bytes(units[at : at + 2], 'big'):04X}" for at in range(0, len(units), 2))
    return char


def string(rng, text):
    return '"' + "".join(escaped(rng, char) for char in text) + '"'


def field_value(rng):
    if rng.random() < 0.05:
        return rng.choice(["1", "null", "true", "[]", '{"text":"love"}', '["love"]'])
    return string(rng, random_text(rng) + rng.choice(["", "", "\n", '"', "\\", "\t"]) + random_text(rng, 4))


def group_value(rng):
    if rng.random() < 0.04:
        return rng.choice(["1", "null", "{}"])
    return string(rng, rng.choice(NAMES))


def space(rng):
    return rng.choice(["", "", "", " ", "\t"])


def json_line(rng, nested):
    members = []
    for _ in range(rng.randrange(1, 6)):
        name = rng.choice(["text", "text", "source", "id", "u"])
        if name == "text":
            value = field_value(rng)
        elif name == "source":
            value = group_value(rng)
        else:
            value = rng.choice(["1", "-0.5e10", "null", '{"text":"love"}', '[1,{"source":"x"}]', string(rng, random_text(rng))])
        members.append(f"{space(rng)}{string(rng, name)}{space(rng)}:{space(rng)}{value}{space(rng)}")
    line = "{" + ",".join(members) + "}"
    if nested:
        line = f'{{"id":7,"meta":{line}' + rng.choice(["", "", ',"meta":1', ',"meta":{"text":"x"}']) + "}"
    if rng.random() < 0.04:
        at = rng.randrange(len(line))
        line = line[:at] + rng.choice(["", ",", '"', "}", "\x01", "a"]) + line[at + 1 :]
    return line


def refuse(constant):
    raise ValueError(constant)


class Absent:
    pass


def field_of(value, keys):
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return Absent
        value = value[key]
    return value


def json_case(rng):
    nested = rng.random() < 0.3
    keys, group_keys = (["meta", "text"], ["meta", "source"]) if nested else (["text"], ["source"])
    out = []
    for _ in range(rng.randrange(8)):
        line = json_line(rng, nested) if rng.random() < 0.95 else rng.choice(["", " ", "\t", "love", "[]"])
        out.append(line + rng.choice(["\n", "\n", "\r\n"]))
    text = "".join(out)
    if rng.random() < 0.3:
        text = text.rstrip("\r\n")
    mark = "\ufeff" if rng.random() < 0.1 else ""
    records, invalid = [], 0
    for line in text.split("\n"):
        if line.strip(" \t\r") == "":
            continue
        try:
            value = json.loads(line, parse_constant=refuse)
        except ValueError:
            invalid += 1
            continue
        found, group = field_of(value, keys), field_of(value, group_keys)
        if not isinstance(value, dict) or not (found is Absent or isinstance(found, str)):
            records.append((None, group))
        else:
            records.append(("" if found is Absent else found, group))
    return mark + text, keys, group_keys, records, invalid


def case(rng):
    options = {name: rng.random() < 0.4 for name in ["ignoreCase", "word", "overlapping"]}
    patterns = rng.sample(PATTERNS, rng.randrange(1, 5))
    made = {"options": options, "cuts": sorted(rng.random() for _ in range(rng.randrange(5)))}
    made["windowSize"] = rng.choice([1, 2, 7, 16, 64, 1000, 131072])
    made["chunk"] = rng.choice([0, 1, 5, 100, 4096])
    kind = rng.choice(["line", "fastq", "jsonl", "jsonl", "groups"])
    made["kind"] = kind
    if kind == "line":
        text, texts = lines_case(rng)
        made["row"] = row_of(texts, patterns, options)
    elif kind == "fastq":
        patterns = rng.sample([*SEQUENCES, "CGT", "AC", "GGG", "TT", "+", "I"], rng.randrange(1, 5))
        text, texts = fastq_case(rng)
        made["row"] = None if texts is None else row_of(texts, patterns, options)
    else:
        text, made["path"], made["groupPath"], records, invalid = json_case(rng)
        by_group = kind == "groups"
        bad = [record for record in records if record[0] is None or (by_group and not (record[1] is Absent or isinstance(record[1], str)))]
        good = [record for record in records if record not in bad]
        made["invalid"] = invalid + len(bad)
        made["row"] = row_of([record[0] for record in good], patterns, options)
        if by_group:
            names = [to_bytes("" if group is Absent else group).decode("latin-1") for _, group in good]
            made["groups"] = {
                name: row_of([record[0] for record, its in zip(good, names) if its == name], patterns, options) for name in sorted(set(names))
            }
    made["text"] = base64.b64encode(to_bytes(text)).decode()
    made["patterns"] = [base64.b64encode(to_bytes(pattern)).decode() for pattern in patterns]
    return made


def main():
    rng = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        print(json.dumps(case(rng)))


main()
