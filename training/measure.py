"""How well a model finds what it never saw: mean reciprocal rank and recall at 10 in the held-out repositories.

    python3 measure.py --packed DIR --model MODEL.npz [--size 128]

Each pair's query is ranked among all passages of its kind in its repository. `question` asks the same in another wording;
`bilingual` asks in Chinese for English text and the other way round.
"""

import argparse

import numpy as np

from bags import sums, take
from pack import KINDS

MAX_POOL = 4000


def vectors(packed, trained, side, chosen, size):
    starts, places = take(packed[f"{side}_start"], chosen)
    ids = packed[f"{side}_ids"][places]
    weights = packed[f"{side}_weights"][places] * np.exp(trained[f"{side}_weight"][ids])
    if side == "passage":
        weights = weights * np.exp(trained["field_weight"])[packed["passage_fields"][places]]
    found = sums(np.ascontiguousarray(trained["table"][:, :size]), starts, ids, weights)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def ranks_in(packed, trained, pairs, side, size):
    chosen = np.where(packed[f"pair_{side}"][pairs] >= 0, packed[f"pair_{side}"][pairs], packed["pair_query"][pairs])
    queries = vectors(packed, trained, "query", chosen, size)
    passages = vectors(packed, trained, "passage", packed["pair_passage"][pairs], size)
    scores = queries @ passages.T
    return 1 + (scores > scores.diagonal()[:, None]).sum(1)


def measure(packed, trained, size):
    """{set: ranks}; sets are kinds, apart for Chinese queries, for questions and for languages."""
    ranks = {}
    held = np.nonzero(packed["pair_held"])[0]
    for repository in np.unique(packed["pair_repository"][held]):
        for number, kind in enumerate(KINDS):
            pool = held[(packed["pair_repository"][held] == repository) & (packed["pair_kind"][held] == number)][
                :MAX_POOL
            ]
            chinese = packed["pair_chinese"][pool]
            # Of two languages, an answer in the asker's own would come before the one that is counted.
            for part in (pool[chinese], pool[~chinese]) if kind == "bilingual" else (pool,):
                if len(part) >= 30:
                    add_ranks(ranks, kind, packed, trained, part, size)
    return {label: np.concatenate(parts) for label, parts in sorted(ranks.items()) if sum(map(len, parts)) >= 30}


def add_ranks(ranks, kind, packed, trained, pool, size):
    sets = {kind: (ranks_in(packed, trained, pool, "query", size), np.ones(len(pool), bool))}
    if kind in ("doc", "commit"):
        sets[f"{kind} question"] = (
            ranks_in(packed, trained, pool, "question", size),
            packed["pair_question"][pool] >= 0,
        )
    for label, (found, counted) in sets.items():
        chinese = packed["pair_chinese"][pool]
        ranks.setdefault(label, []).append(found[counted & ~chinese])
        ranks.setdefault(f"{label} (Chinese)", []).append(found[counted & chinese])
    if kind == "doc":
        for language in np.unique(packed["pair_language"][pool]):
            of_language = (packed["pair_language"][pool] == language) & ~packed["pair_chinese"][pool]
            ranks.setdefault(f"doc, {packed['languages'][language]}", []).append(sets["doc"][0][of_language])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packed", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--size", type=int)
    options = parser.parse_args()
    packed, trained = dict(np.load(f"{options.packed}/packed.npz")), dict(np.load(options.model))
    for label, ranks in measure(packed, trained, options.size or trained["table"].shape[1]).items():
        print(f"{label:<28}{len(ranks):>7}   MRR {np.mean(1 / ranks):.3f}   R@10 {np.mean(ranks <= 10):.3f}")


if __name__ == "__main__":
    main()
