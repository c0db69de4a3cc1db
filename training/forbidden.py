"""Keeps texts of evaluation sets out of the training data, by digests, so that none of their text is needed here.

    python3 forbidden.py < texts.jsonl > digests.txt       one JSON string a line

A digest is of the letters and digits at a text's beginning: spacing, case and what follows make no difference.
"""

import hashlib
import json
import re
import sys

SHORT, LONG = 48, 110
# Enough for that many letters, whatever stands between them.
BEGINNING = 800


def digests_of(text):
    plain = re.sub(r"[^a-z0-9\u3400-\u9fff]+", "", text[:BEGINNING].lower())
    return [hashlib.sha256(plain[:length].encode()).hexdigest()[:16] for length in (SHORT, LONG)]


def is_forbidden(query, code, forbidden):
    """A query is judged by few letters, code by more: many functions begin alike."""
    return bool(forbidden) and (digests_of(query)[0] in forbidden or digests_of(code)[1] in forbidden)


def main():
    for line in sys.stdin:
        print("\n".join(digests_of(json.loads(line))))


if __name__ == "__main__":
    main()
