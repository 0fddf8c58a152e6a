"""Makes texts of records, and says what each holds: a reference that shares no code with the program.

reference.py SEED NUMBER prints a case for the kernels a line, as JSON: a text, what is searched in it and how it is cut, and what is
expected. test/campaign/questions.py makes whole jobs of the same texts.
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


def some_lines(rng, number):
    return "".join(random_text(rng) + rng.choice(["\n", "\n", "\r\n", "\n\n", ""]) for _ in range(number))


def lines_of(text):
    lines = text.split("\n")
    return lines[:-1] if lines[-1] == "" else lines


# FASTQ


def fastq(rng, number, faults=0.1):
    """Returns a text, and its sequences, or None if it is no FASTQ."""
    out, sequences = [], []
    end = rng.choice(["\n", "\n", "\r\n"])
    for index in range(number):
        sequence = "".join(rng.choices(SEQUENCES, k=rng.randrange(6)))
        quality = "".join(rng.choice("@+I!>ACGT") for _ in sequence)
        out += [f"@{rng.choice(['r', '@', '+', ''])}{index}", sequence, "+" + rng.choice(["", "r1", "@", "+"]), quality]
        sequences.append(sequence)
    text = "".join(line + end for line in out)
    if out and out[-1] and rng.random() < 0.3:
        text = text[: -len(end)]
    elif rng.random() < 0.2:
        text += rng.choice(["\n", "\r\n", "\n\n"])
    if not out or rng.random() >= faults:
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


def json_keys(nested):
    """Returns the path of the field to count in, and that of the field that names the group."""
    return (["meta", "text"], ["meta", "source"]) if nested else (["text"], ["source"])


def json_lines(rng, number, nested):
    out = []
    for _ in range(number):
        line = json_line(rng, nested) if rng.random() < 0.95 else rng.choice(["", " ", "\t", "love", "[]"])
        out.append(line + rng.choice(["\n", "\n", "\r\n"]))
    text = "".join(out)
    return text.rstrip("\r\n") if rng.random() < 0.3 else text


def is_blank(line):
    return line.strip(" \t\r") == ""


def json_record(line, keys, group_keys=None):
    """Returns the text of a line and the name of its group, or None if the line is not valid."""
    try:
        value = json.loads(line, parse_constant=refuse)
    except ValueError:
        return None
    if not isinstance(value, dict):
        return None
    found = [field_of(value, path) for path in ([keys] if group_keys is None else [keys, group_keys])]
    if not all(each is Absent or isinstance(each, str) for each in found):
        return None
    text, group = ["" if each is Absent else each for each in [*found, ""]][:2]
    return text, group


def json_records(text, keys, group_keys=None):
    """Returns the records of a text, and the number of its lines that are not valid."""
    found = [json_record(line, keys, group_keys) for line in text.split("\n") if not is_blank(line)]
    return [record for record in found if record is not None], found.count(None)


def case(rng):
    options = {name: rng.random() < 0.4 for name in ["ignoreCase", "word", "overlapping"]}
    patterns = rng.sample(PATTERNS, rng.randrange(1, 5))
    made = {"options": options, "cuts": sorted(rng.random() for _ in range(rng.randrange(5)))}
    made["windowSize"] = rng.choice([1, 2, 7, 16, 64, 1000, 131072])
    made["chunk"] = rng.choice([0, 1, 5, 100, 4096])
    kind = rng.choice(["line", "fastq", "jsonl", "jsonl", "groups"])
    made["kind"] = kind
    if kind == "line":
        text = some_lines(rng, rng.randrange(8))
        made["row"] = row_of(lines_of(text), patterns, options)
    elif kind == "fastq":
        patterns = rng.sample([*SEQUENCES, "CGT", "AC", "GGG", "TT", "+", "I"], rng.randrange(1, 5))
        text, texts = fastq(rng, rng.randrange(8))
        made["row"] = None if texts is None else row_of(texts, patterns, options)
    else:
        nested = rng.random() < 0.3
        made["path"], made["groupPath"] = json_keys(nested)
        text = json_lines(rng, rng.randrange(8), nested)
        records, made["invalid"] = json_records(text, made["path"], made["groupPath"] if kind == "groups" else None)
        text = ("\ufeff" if rng.random() < 0.1 else "") + text
        made["row"] = row_of([record for record, _ in records], patterns, options)
        if kind == "groups":
            names = [to_bytes(group).decode("latin-1") for _, group in records]
            made["groups"] = {
                name: row_of([record for (record, _), its in zip(records, names) if its == name], patterns, options) for name in sorted(set(names))
            }
    made["text"] = base64.b64encode(to_bytes(text)).decode()
    made["patterns"] = [base64.b64encode(to_bytes(pattern)).decode() for pattern in patterns]
    return made


def main():
    rng = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        print(json.dumps(case(rng)))


if __name__ == "__main__":
    main()
