"""Trains the table: a query's vector near to that of its passage, far from those of the others in the batch.

    python3 train.py --packed DIR --out MODEL.npz [--size 384] [--epochs 5] [--seed 1]

Symmetric InfoNCE with a learned temperature over batches of 1,024 pairs that are made of blocks from one repository, so
that most of what a query is told apart from is of its own kind. Words, names and paths are dropped at random.
"""

import argparse
import json
import math
import time

import numpy as np
import torch
import torch.nn.functional as F

from bags import BagSum, Contrast, Table, take
from pack import FIELDS, KINDS

BATCH = 1024
BLOCK = 256
RATE = 4e-3
# How much of each kind an epoch holds; all of what is asked in Chinese.
SHARE = {"doc": 1.0, "remark": 0.3, "section": 0.25, "commit": 0.7, "bilingual": 0.7}
QUESTION_SHARE = 0.35
DROP_FIELD = {"name": 0.5, "path": 0.4, "body": 0.0}
DROP_PASSAGE_WORD, DROP_QUERY_WORD = 0.28, 0.1


class Model:
    """Table, weights of sub-words (logarithms, apart for queries and passages), of fields (logarithms), temperature."""

    def __init__(self, packed, rows, size, seed):
        self.table = Table(rows, size, seed)
        # Rare words count for more to begin with; how much, each word then learns.
        frequency = np.bincount(packed["passage_ids"], minlength=rows) / len(packed["passage_start"])
        rarity = np.log(1e-3 / (1e-3 + frequency / 40))
        self.passage_weight = torch.tensor(rarity, dtype=torch.float32, requires_grad=True)
        self.query_weight = torch.tensor(0.7 * rarity, dtype=torch.float32, requires_grad=True)
        self.field_weight = torch.zeros(len(FIELDS), requires_grad=True)
        self.sharpness = torch.tensor(math.log(1 / 0.05), requires_grad=True)

    def groups(self):
        return [
            {"params": [self.passage_weight, self.query_weight], "lr": 2 * RATE},
            {"params": [self.field_weight, self.sharpness], "lr": RATE},
        ]

    def save(self, path):
        weights = {
            name: getattr(self, name).detach().numpy() for name in ("passage_weight", "query_weight", "field_weight")
        }
        np.savez(path, table=self.table.values, **weights)


def epoch(packed, chance):
    """batches × BATCH: numbers of pairs."""
    share = np.array([SHARE[kind] for kind in KINDS])[packed["pair_kind"]]
    wanted = ~packed["pair_held"] & ((chance.random(len(share)) < share) | packed["pair_chinese"])
    chosen = np.nonzero(wanted)[0]
    chosen = chosen[np.lexsort((chance.random(len(chosen)), packed["pair_repository"][chosen]))]
    edges = np.nonzero(np.diff(packed["pair_repository"][chosen]))[0] + 1
    blocks = [part[at : at + BLOCK] for part in np.split(chosen, edges) for at in range(0, len(part), BLOCK)]
    chance.shuffle(blocks)
    joined = np.concatenate(blocks)
    return joined[: len(joined) // BATCH * BATCH].reshape(-1, BATCH)


def query_vectors(model, packed, batch, chance):
    question = packed["pair_question"][batch]
    chosen = np.where(
        (question >= 0) & (chance.random(len(batch)) < QUESTION_SHARE), question, packed["pair_query"][batch]
    )
    starts, places = take(packed["query_start"], chosen)
    ids = packed["query_ids"][places]
    weights = packed["query_weights"][places] * (chance.random(len(ids)) >= DROP_QUERY_WORD)
    learned = torch.exp(model.query_weight[torch.from_numpy(ids.astype(np.int64))])
    return BagSum.apply(torch.from_numpy(weights.astype(np.float32)) * learned, model.table, starts, ids)


def passage_vectors(model, packed, batch, chance):
    starts, places = take(packed["passage_start"], packed["pair_passage"][batch])
    ids, fields = packed["passage_ids"][places], packed["passage_fields"][places].astype(np.int64)
    dropped = chance.random((len(batch), len(FIELDS))) < [DROP_FIELD[name] for name in FIELDS]
    rows = np.repeat(np.arange(len(batch)), np.diff(starts))
    weights = (
        packed["passage_weights"][places] * (chance.random(len(ids)) >= DROP_PASSAGE_WORD) * ~dropped[rows, fields]
    )
    learned = torch.exp(
        model.passage_weight[torch.from_numpy(ids.astype(np.int64))] + model.field_weight[torch.from_numpy(fields)]
    )
    return BagSum.apply(torch.from_numpy(weights.astype(np.float32)) * learned, model.table, starts, ids)


def contrast(queries, passages, same, sharpness):
    scale = torch.exp(sharpness).clamp(max=100)
    scores = F.normalize(queries, dim=1) * scale @ F.normalize(passages, dim=1).T
    return Contrast.apply(scores, same, scale.item())


def train(packed, rows, size, epochs, seed):
    chance = np.random.default_rng(seed)
    model = Model(packed, rows, size, seed)
    optimizer = torch.optim.Adam(model.groups(), betas=(0.9, 0.98))
    batches = epoch(packed, chance)
    steps, step, started, losses = int(len(batches) * epochs), 0, time.time(), []
    while step < steps:
        for batch in batches[: steps - step]:
            rate = min(1, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / steps)))
            for group, base in zip(optimizer.param_groups, (2 * RATE, RATE)):
                group["lr"] = base * rate
            queries, passages = (
                query_vectors(model, packed, batch, chance),
                passage_vectors(model, packed, batch, chance),
            )
            texts = packed["pair_text"][batch]
            same = (texts[:, None] == texts[None, :]) & ~np.eye(len(batch), dtype=bool)
            loss = contrast(queries, passages, same, model.sharpness)
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            model.table.step(RATE * rate)
            step += 1
            if step % 100 == 0 or step == steps:
                fields = np.round(np.exp(model.field_weight.detach().numpy()), 2)
                speed = step * BATCH / (time.time() - started)
                loss_of_late = np.mean(losses[-100:])
                print(f"{step}/{steps} loss {loss_of_late:.4f} fields {fields} {speed:.0f} pairs/s", flush=True)
        batches = epoch(packed, chance)
    return model


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--packed", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--size", type=int, default=384)
    parser.add_argument("--epochs", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    packed = dict(np.load(f"{options.packed}/packed.npz"))
    with open(f"{options.packed}/vocabulary.json", encoding="utf8") as file:
        rows = len(json.load(file))
    train(packed, rows, options.size, options.epochs, options.seed).save(options.out)


if __name__ == "__main__":
    main()
