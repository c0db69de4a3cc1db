"""From a trained table to the files that ship, and the golden vectors that keep the runtime equal to this.

    python3 export.py --model MODEL.npz --packed DIR --version 1 --out ../models/static --golden ../test/fixtures/static-model.json

model.bin: int8[V × D] row by row, then float32[V] for queries and float32[V] for passages, each the row's scale times
the learned weight of its sub-word. model.json: the rest, with the SHA-256 of model.bin. A row is rounded to 255 steps,
which costs nothing that can be measured.
"""

import argparse
import hashlib
import json
import os

import numpy as np

from pack import FIELDS
from static_model import StaticModel

NAME = "scholia-static-1"
GOLDEN = [
    {"query": "how do I parse the config file and merge default options?"},
    {"query": "getUserByID HTTPServer snake_case_name x86_64 utf8mb4 2024"},
    {"query": "如何读取配置文件并合并默认值"},
    {"query": "数据库连接池在哪里初始化 connectionPool"},
    {"query": "ファイルを開く 파일 열기"},
    {"query": "zzqxjkv Überraschung naïve Привет"},
    {"query": ""},
    {"query": "?!… —— 。"},
    {"path": "server/src/index/tokens.ts", "name": "tokenize export function tokenize(text: string): string[]",
     "text": "/** Words of a text. */\nexport function tokenize(text: string): string[] {\n  return text.split(/\\W+/).filter(Boolean);\n}\n"},
    {"path": "src/main/java/com/example/用户服务.java", "name": "UserService findById",
     "text": "// 根据编号查询用户，找不到时返回空\npublic User findById(long id) {\n  return repository.findById(id).orElse(null);\n}\n"},
    {"path": "", "name": "", "text": "a a a b b c " * 400},
    {"path": "x" * 3000, "name": "", "text": "antidisestablishmentarianismandmore " + "q" * 70},
    {"path": "docs/guide.md", "name": "", "text": ""},
]  # fmt: skip


def export(trained, vocabulary, version, folder):
    os.makedirs(folder, exist_ok=True)
    table = trained["table"].astype(np.float64)
    row_scale = np.maximum(np.abs(table).max(1), 1e-12) / 127
    scales = [
        (row_scale * np.exp(trained[name].astype(np.float64))).astype(np.float32)
        for name in ("query_weight", "passage_weight")
    ]
    weights = np.rint(table / row_scale[:, None]).astype(np.int8).tobytes() + b"".join(
        scale.tobytes() for scale in scales
    )
    header = {
        "format": 1,
        "name": NAME,
        "version": version,
        "dimensions": table.shape[1],
        "fields": {name: round(float(np.exp(weight)), 6) for name, weight in zip(FIELDS, trained["field_weight"])},
        "weights": {"file": "model.bin", "bytes": len(weights), "sha256": hashlib.sha256(weights).hexdigest()},
        "vocabulary": vocabulary,
    }
    with open(os.path.join(folder, "model.bin"), "wb") as file:
        file.write(weights)
    with open(os.path.join(folder, "model.json"), "w", encoding="utf8") as file:
        json.dump(header, file, ensure_ascii=False, separators=(",", ":"))
        file.write("\n")


def golden(folder):
    model = StaticModel(folder)
    for case in GOLDEN:
        vector = (
            model.embed_query(case["query"])
            if "query" in case
            else model.embed_passage(case["path"], case["name"], case["text"])
        )
        yield case | {"vector": [round(float(value), 8) for value in vector]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--packed", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--golden")
    options = parser.parse_args()
    with open(os.path.join(options.packed, "vocabulary.json"), encoding="utf8") as file:
        vocabulary = json.load(file)
    export(np.load(options.model), vocabulary, options.version, options.out)
    if options.golden:
        with open(options.golden, "w", encoding="utf8") as file:
            file.write(
                "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in golden(options.out)) + "\n]\n"
            )


if __name__ == "__main__":
    main()
