"""Several trained tables as one that is smaller and better than each.

    python3 join.py --packed DIR --out MODEL.npz [--size 384] MODEL.npz…

Seeds err in different places, so their vectors side by side find more than those of one. What a sub-word counts for is
nearly the same in all, and its mean serves for all. Side by side the rows are turned to their principal components, every
sub-word as often as it occurs, and cut: what comes first says most, so vectors may be cut again by whoever needs less.
"""

import argparse

import numpy as np


def join(models, occurrences, size):
    mean = {
        name: np.mean([model[name] for model in models], 0)
        for name in ("query_weight", "passage_weight", "field_weight")
    }
    often = np.sqrt(occurrences)[:, None]
    sides = []
    for model in models:
        # Rows as they count in a text, and no model louder than another.
        rows = model["table"] * np.exp((model["query_weight"] + model["passage_weight"]) / 2)[:, None]
        sides.append(rows / np.sqrt(np.mean((rows * often) ** 2)))
    rows = np.concatenate(sides, 1)
    _, _, directions = np.linalg.svd((rows * often).T @ (rows * often))
    counted = np.exp((mean["query_weight"] + mean["passage_weight"]) / 2)[:, None]
    return mean | {"table": (rows @ directions[:size].T / counted).astype(np.float32)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--packed", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--size", type=int, default=384)
    options = parser.parse_args()
    models = [dict(np.load(path)) for path in options.models]
    packed = np.load(f"{options.packed}/packed.npz")
    occurrences = np.bincount(
        packed["passage_ids"], weights=packed["passage_weights"], minlength=len(models[0]["table"])
    )
    np.savez(options.out, **join(models, occurrences, options.size))


if __name__ == "__main__":
    main()
