"""Writes MODEL_CARD.md beside the model: `card.md` with what this run was made of and what it measured put in.

    python3 card.py --pairs DIR --packed DIR --measured FILE --public FILE --out ../models/static

`{{dimensions}}`, `{{data}}`, `{{measured}}`, `{{public}}`, `{{held}}` and `{{repositories}}` are the places; the rest is
written by hand. `--public` holds numbers that somebody measured on public sets, as text; the trainer knows none of those.
"""

import argparse
import json
import os
from collections import Counter

import numpy as np

from pack import KINDS


def data_table(packed):
    """Pairs that were trained on: a row for each language, a column for each kind, Chinese ones in brackets."""
    used = ~packed["pair_held"]
    languages = [str(name) for name in packed["languages"]]
    counts, chinese = Counter(), Counter()
    for language, kind, is_chinese in zip(
        packed["pair_language"][used], packed["pair_kind"][used], packed["pair_chinese"][used]
    ):
        for key in ((language, kind), ("all", kind)):
            counts[key] += 1
            chinese[key] += int(is_chinese)
    rows = sorted(
        set(packed["pair_language"].tolist()),
        key=lambda number: -sum(counts[number, kind] for kind in range(len(KINDS))),
    )
    lines = ["| | " + " | ".join(KINDS) + " |", "| --- |" + " ---: |" * len(KINDS)]
    for row in [*rows, "all"]:
        cells = [
            f"{counts[row, kind]:,}" + (f" ({chinese[row, kind]:,})" if chinese[row, kind] else "")
            for kind in range(len(KINDS))
        ]
        lines.append(f"| {'all' if row == 'all' else languages[row]} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("pairs", "packed", "measured", "public", "out"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    here = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(here, "card.md"), encoding="utf8") as file:
        card = file.read()
    with open(os.path.join(options.pairs, "repositories.json"), encoding="utf8") as file:
        listing = json.load(file)["repositories"]
    with open(os.path.join(options.packed, "held.json"), encoding="utf8") as file:
        held = json.load(file)
    tables = {}
    for name in ("measured", "public"):
        with open(getattr(options, name), encoding="utf8") as file:
            tables[name] = f"```\n{file.read().rstrip()}\n```"
    rows = [f"| {it['name']} | {it['commit']} | {it['licence']} |" for it in listing if it["name"] not in held]
    with open(os.path.join(options.out, "model.json"), encoding="utf8") as file:
        dimensions = json.load(file)["dimensions"]
    values = {
        "dimensions": str(dimensions),
        "data": data_table(np.load(os.path.join(options.packed, "packed.npz"))),
        **tables,
        "held": ", ".join(held),
        "repositories": "\n".join(["| repository | commit | licence |", "| --- | --- | --- |", *rows]),
    }
    for name, value in values.items():
        card = card.replace("{{%s}}" % name, value)
    with open(os.path.join(options.out, "MODEL_CARD.md"), "w", encoding="utf8") as file:
        file.write(card)


if __name__ == "__main__":
    main()
