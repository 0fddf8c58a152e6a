"""Makes something to count for a job that counts records or groups, and says what the job prints: see test/records/reference.py.

questions.py SEED SIZE FOLDER prints it as JSON; the texts of its files have some SIZE characters, and are to be files in FOLDER.
"""
import base64
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "records"))

import reference as r

SEQUENCE_PATTERNS = [*r.SEQUENCES, "CGT", "AC", "GGG", "TT", "+", "I"]


def some_text(rng, size):
    text = r.some_lines(rng, max(1, size // 20))
    # A line, and runs of occurrences, may be longer than many blocks.
    for _ in range(rng.randrange(3)):
        at = rng.randrange(len(text) + 1)
        text = text[:at] + rng.choice(["x", "lo", "love", "xxé"]) * rng.randrange(1, 2000) + text[at:]
    return text


def some_json(rng, size, nested):
    text = r.json_lines(rng, max(1, size // 70), nested)
    for _ in range(rng.randrange(3)):
        line = json.dumps({"text": "".join(rng.choices(r.PIECES[:14], k=rng.randrange(3000))), "source": rng.choice(r.NAMES)}, ensure_ascii=False)
        text = (f'{{"meta":{line}}}' if nested else line) + "\n" + text
    return text


def without_invalid(text, keys):
    return "\n".join(line for line in text.split("\n") if r.is_blank(line) or r.json_record(line, *keys))


def file_of(rng, kind, size, nested, keys, skips):
    """Returns a text, its records with the names of their groups in JSON lines, and the number of lines that are left out."""
    if kind == "fastq":
        text, sequences = r.fastq(rng, size // 30, faults=0)
        return text, [(sequence, "") for sequence in sequences], 0
    if kind == "jsonl":
        text = some_json(rng, size, nested) if size else ""
        text = text if skips else without_invalid(text, keys)
        return rng.choice(["", "", "\ufeff"]) + text, *r.json_records(text, *keys)
    text = some_text(rng, size) if size else ""
    return text, [(record, "") for record in (r.lines_of(text) if kind == "line" else [text])], 0


def shown(text):
    """Shows a name as in a row of text: control characters would break it."""
    return "".join(f"\\x{ord(char):02x}" if char < " " or char == "\x7f" else char for char in text)


def question(rng, size, folder):
    kind = rng.choice([None, "line", "line", "file", "fastq", "fastq", "jsonl", "jsonl", "jsonl"])
    by = rng.choice({None: ["file", "path"], "file": [None], "jsonl": [None, "file", "path", "jsonl", "jsonl"]}.get(kind, [None, None, "file", "path"]))
    nested, skips = rng.random() < 0.3, rng.random() < 0.5
    options = {name: rng.random() < 0.3 for name in ["ignoreCase", "word", "overlapping"]}
    patterns = rng.sample(SEQUENCE_PATTERNS if kind == "fastq" else r.PATTERNS, rng.randrange(1, 7))
    ids = [f"id {index}" for index in range(len(patterns))] if rng.random() < 0.3 else None
    number = rng.choice([1, 2, 3, 5, 20])
    names = [f"{rng.choice('abc')}-{index:02}" for index in range(number)]
    keys = r.json_keys(nested)[: 2 if by == "jsonl" else 1]
    files, records, invalid = [], [], 0
    for name in names:
        share = 0 if number > 1 and rng.random() < 0.1 else size // number
        text, found, left_out = file_of(rng, kind, share, nested, keys, skips)
        invalid += left_out
        files.append({"name": name, "text": base64.b64encode(r.to_bytes(text)).decode()})
        records += [(record, {"file": f"{folder}/{name}", "path": path_group(name)}.get(by, group)) for record, group in found]
    return {
        "args": arguments(kind, by, nested, skips, options),
        "result": result_fields(kind, by, nested, skips, options),
        "files": files,
        "patterns": patterns,
        **({"ids": ids} if ids else {}),
        **counted(records, kind, by, patterns, ids, options),
        "invalid": invalid,
    }


def path_group(name):
    return name[0] if name[0] in "ab" else ""


def unit_of(kind, nested, of=0):
    return f"jsonl:{'.'.join(r.json_keys(nested)[of])}" if kind == "jsonl" else kind


def by_of(by, nested):
    return r"path:/([ab])-[0-9]+$" if by == "path" else unit_of(by, nested, 1)


def arguments(kind, by, nested, skips, options):
    letters = {"ignoreCase": "-i", "word": "-w", "overlapping": "--overlapping"}
    return [
        *(letters[name] for name, isSet in options.items() if isSet),
        *(["--records", unit_of(kind, nested)] if kind else []),
        *(["--skip-invalid"] if kind == "jsonl" and skips else []),
        *(["--by", by_of(by, nested)] if by else []),
    ]


def result_fields(kind, by, nested, skips, options):
    """Returns the options as result.json has them."""
    fields = {"recordUnit": unit_of(kind, nested), "by": by and by_of(by, nested), "skipInvalid": (kind == "jsonl" and skips) or None}
    return {**options, **{name: value for name, value in fields.items() if value}}


def counted(records, kind, by, patterns, ids, options):
    """Returns the totals of each pattern, all records, and the rows that are printed."""
    def row(texts):
        counts = r.row_of(texts, patterns, options)
        split = len(patterns)
        columns = [counts[:split], counts[split : 2 * split]] if kind else [counts[:split]]
        return [list(each) for each in zip(*columns)]

    totals = row([record for record, _ in records])
    names = [[*([ids[index]] if ids else []), pattern] for index, pattern in enumerate(patterns)]
    groups = [(None, totals)]
    if by:
        order = list(dict.fromkeys(group for _, group in records))
        if by != "file":
            order.sort(key=r.to_bytes)
        groups = [(group, row([record for record, its in records if its == group])) for group in order]
    several = len(names[0]) + bool(by) > 1
    rows = ""
    for group, counts in groups:
        for numbers, its in zip(counts, names):
            cells = [*its, *([group] if by else [])]
            if not by or numbers[0] > 0:
                rows += "\t".join([*map(str, numbers), *(map(shown, cells) if several else cells)]) + "\n"
    return {"rows": rows, "totals": totals, **({"records": len(records)} if kind else {})}


def main():
    seed, size, folder = sys.argv[1:]
    print(json.dumps(question(random.Random(int(seed)), int(size), folder)))


main()
