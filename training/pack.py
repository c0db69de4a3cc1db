"""Pairs to numbers: the vocabulary, and every query and passage as a bag of sub-words.

    python3 pack.py --pairs DIR --out DIR [--forbidden-texts FILE] [--latin 30000] [--cjk 5000]

Writes vocabulary.json, packed.npz (arrays below) and held.json (the repositories that no training sees). A bag is its
unique sub-words with a weight for each, per field (`words.py`): what the model sums is those times what it learned.

  query_start[Q+1], query_ids, query_weights        passage_start[P+1], passage_ids, passage_weights, passage_fields
  pair_query, pair_question (-1: none), pair_passage, pair_kind, pair_language, pair_repository, pair_chinese, pair_held
"""

import argparse
import hashlib
import json
import os
import random
from array import array
from collections import Counter
from multiprocessing import Pool

import numpy as np

from forbidden import is_forbidden
from pairs import CAPS
from questions import as_question
from vocabulary import WordCounts, make_vocabulary
from words import SubWords, bag, body_bag

KINDS = list(CAPS)
FIELDS = ["name", "path", "body"]
MAX_BODY = 1600
# Of one language no repository may give more, or Java would be a third of everything.
LANGUAGE_CAP = {"Java": 2500, "PHP": 5000, "Go": 5000}


def digest(text):
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16)


def is_held_out(name, rows):
    """
    A sixteenth of the repositories, a sixth of those with some Chinese; decided by the name alone, so it stays. The few
    that hold most of the Chinese are needed to learn from.
    """
    chinese = sum("chinese" in row for row in rows)
    return digest(name) % 16 == 0 or (300 < chinese < 2000 and digest(name) % 6 == 0)


def read_rows(path, forbidden):
    counts, rows = Counter(), []
    with open(path, encoding="utf8") as lines:
        for row in map(json.loads, lines):
            counts[row["lang"], row["kind"]] += 1
            cap = LANGUAGE_CAP.get(row["lang"], 12_000)
            if ("chinese" in row or counts[row["lang"], row["kind"]] <= cap) and not is_forbidden(
                row["query"], row["code"], forbidden
            ):
                rows.append(row)
    return rows


def name_of(row, chance):
    """What a chunk is headed by in the product differs in length, so it does here."""
    signature = row["code"].split("{")[0].split("\n")[0][:160] if row["name"] else ""
    forms = [[row["name"]], [row["around"], row["name"]], [row["around"], row["name"], signature]]
    return " ".join(filter(None, chance.choice(forms)))


def count_file(task):
    path, forbidden = task
    texts = (row[key] for row in read_rows(path, forbidden) for key in ("query", "code", "path", "name"))
    return WordCounts().of_texts(texts)


class Bags:
    def __init__(self):
        self.starts, self.ids, self.weights, self.fields = array("q", [0]), array("i"), array("f"), array("b")

    def add(self, *parts):
        """`parts`: (field, ids, weights). Returns the bag's number."""
        for field, ids, weights in parts:
            self.ids.extend(ids)
            self.weights.extend(weights)
            self.fields.extend([field] * len(ids))
        self.starts.append(len(self.ids))
        return len(self.starts) - 2


def encode_file(task):
    path, forbidden, vocabulary = task
    rows, chance, sub_words = read_rows(path, forbidden), random.Random(digest(path)), SubWords(vocabulary)
    queries, passages, pairs = Bags(), Bags(), []
    held = is_held_out(os.path.basename(path).split("@")[0], rows)
    for row in rows:
        fields = [
            bag(sub_words, name_of(row, chance)),
            bag(sub_words, row["path"]),
            body_bag(sub_words, row["code"][:MAX_BODY]),
        ]
        query, question = row["query"], None
        if row["kind"] in ("doc", "remark", "commit"):
            question = as_question(query, row["lang"], row["kind"], chance)
        ids, weights = bag(sub_words, query)
        if len(ids) < 2:
            continue
        pairs.append(
            (
                queries.add((0, ids, weights)),
                queries.add((0, *bag(sub_words, question))) if question else -1,
                passages.add(*((number, *part) for number, part in enumerate(fields))),
                KINDS.index(row["kind"]),
                row["lang"],
                "chinese" in row,
                digest(query) % (1 << 60),
            )
        )
    return queries, passages, pairs, held


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pairs", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--forbidden-texts")
    parser.add_argument("--latin", type=int, default=30_000)
    parser.add_argument("--cjk", type=int, default=5_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    forbidden = (
        frozenset(open(options.forbidden_texts, encoding="utf8").read().split())
        if options.forbidden_texts
        else frozenset()
    )
    with open(os.path.join(options.pairs, "repositories.json"), encoding="utf8") as listing:
        repositories = json.load(listing)["repositories"]
    paths = [os.path.join(options.pairs, it["pairs"]) for it in repositories]
    os.makedirs(options.out, exist_ok=True)
    counts = WordCounts()
    with Pool(options.processes) as pool:
        for part in pool.imap(count_file, [(path, forbidden) for path in paths]):
            counts.add(part)
    vocabulary = make_vocabulary(counts, options.latin, options.cjk)
    print(f"{len(vocabulary)} pieces", flush=True)
    with open(os.path.join(options.out, "vocabulary.json"), "w", encoding="utf8") as out:
        json.dump(vocabulary, out, ensure_ascii=False)
    with Pool(options.processes) as pool:
        parts = pool.imap(encode_file, [(path, forbidden, vocabulary) for path in paths])
        arrays, held = join(parts, [it["name"] for it in repositories])
    np.savez(os.path.join(options.out, "packed.npz"), **arrays)
    with open(os.path.join(options.out, "held.json"), "w", encoding="utf8") as out:
        json.dump(held, out, indent=1)
    print(f"{len(arrays['pair_kind'])} pairs, held out: {', '.join(held)}")


def join(parts, names):
    """Arrays of all repositories, numbered one after the other."""
    arrays = {key: [] for key in ("query_ids", "query_weights", "passage_ids", "passage_weights", "passage_fields")}
    starts = {"query": [np.zeros(1, np.int64)], "passage": [np.zeros(1, np.int64)]}
    columns = {
        key: [] for key in ("query", "question", "passage", "kind", "language", "chinese", "text", "repository", "held")
    }
    languages, held_names, queries_before, passages_before = {}, [], 0, 0
    for number, (queries, passages, pairs, held) in enumerate(parts):
        for side, bags in (("query", queries), ("passage", passages)):
            starts[side].append(np.array(bags.starts, np.int64)[1:] + starts[side][-1][-1])
            arrays[f"{side}_ids"].append(np.array(bags.ids, np.int32))
            arrays[f"{side}_weights"].append(np.array(bags.weights, np.float32))
        arrays["passage_fields"].append(np.array(passages.fields, np.int8))
        if held:
            held_names.append(names[number])
        for query, question, passage, kind, language, chinese, text in pairs:
            values = (query + queries_before, question + queries_before if question >= 0 else -1, passage + passages_before,
                      kind, languages.setdefault(language, len(languages)), chinese, text, number, held)  # fmt: skip
            for column, value in zip(columns.values(), values):
                column.append(value)
        queries_before += len(queries.starts) - 1
        passages_before += len(passages.starts) - 1
    joined = {key: np.concatenate(values) for key, values in arrays.items()}
    joined |= {f"{side}_start": np.concatenate(values) for side, values in starts.items()}
    joined |= {f"pair_{key}": np.array(values) for key, values in columns.items()}
    return joined | {
        "kinds": np.array(KINDS),
        "languages": np.array(list(languages)),
        "repositories": np.array(names),
    }, held_names


if __name__ == "__main__":
    main()
