"""The exported model in plain numpy: what `server/src/index/staticModel.ts` must equal, and what measurements run."""

import hashlib
import json
from collections import Counter

import numpy as np

from words import SubWords, bag, body_bag

MAX_BODY, MAX_LABEL = 30_000, 2_000


class StaticModel:
    def __init__(self, folder):
        with open(f"{folder}/model.json", encoding="utf8") as file:
            self.header = json.load(file)
        with open(f"{folder}/{self.header['weights']['file']}", "rb") as file:
            weights = file.read()
        assert hashlib.sha256(weights).hexdigest() == self.header["weights"]["sha256"]
        rows, size = len(self.header["vocabulary"]), self.header["dimensions"]
        self.table = np.frombuffer(weights, np.int8, rows * size).reshape(rows, size)
        self.query_scale, self.passage_scale = (
            np.frombuffer(weights, np.float32, 2 * rows, rows * size).reshape(2, rows).astype(np.float64)
        )
        self.sub_words = SubWords(self.header["vocabulary"])

    def embed_query(self, query):
        return self._vector([(1.0, bag(self.sub_words, query[:MAX_BODY]))], self.query_scale)

    def embed_passage(self, path, name, text):
        parts = {
            "name": bag(self.sub_words, name[:MAX_LABEL]),
            "path": bag(self.sub_words, path[:MAX_LABEL]),
            "body": body_bag(self.sub_words, text[:MAX_BODY]),
        }
        return self._vector([(self.header["fields"][name], part) for name, part in parts.items()], self.passage_scale)

    def _vector(self, parts, scale):
        shares = Counter()
        for weight, (ids, counts) in parts:
            for piece, count in zip(ids, counts):
                shares[piece] += weight * count
        ids = np.fromiter(shares, np.int64, len(shares))
        values = np.fromiter(shares.values(), np.float64, len(shares))
        total = (values * scale[ids]) @ self.table[ids].astype(np.float64)
        length = np.linalg.norm(total)
        return (total / length if length > 0 else total).astype(np.float32)
