"""Text to sub-words. `server/src/index/staticModel.ts` does the same; golden vectors keep the two equal.

Words are cut by camelCase, underscores and digits and lower-cased; everything else is a gap. A word is its own entry of
the vocabulary (with `^` before it), or the longest entries that it is made of, from left to right. Chinese, Japanese and
Korean have no gaps between words: there, each character gives the longest entry that begins with it.
"""

import math
import re
from collections import Counter
from itertools import chain

CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = re.compile(rf"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]{{1,4}}|[{CJK}]+")
MAX_PIECE = 20
MAX_PIECES = 8
MAX_CJK_PIECE = 4
# A body of so many sub-words counts as it is, a longer one less for each, down to a shortest.
USUAL_BODY, SHORTEST_BODY = 64, 8


def words_of(text):
    return [word.lower() for word in WORD.findall(text)]


def is_cjk(word):
    return word[0] >= "\u3040"


class SubWords(dict):
    """`vocabulary`: list of strings; ids are its indices. As a dictionary: the pieces of every word met before."""

    def __init__(self, vocabulary):
        super().__init__()
        self.ids = {piece: number for number, piece in enumerate(vocabulary)}

    def of_text(self, text):
        return list(chain.from_iterable(map(self.__getitem__, WORD.findall(text))))

    def __missing__(self, word):
        pieces = self._cjk(word) if is_cjk(word) else self._latin("^" + word.lower())
        if len(word) <= MAX_PIECE:
            self[word] = pieces
        return pieces

    def _latin(self, word):
        if len(word) <= MAX_PIECE and word in self.ids:
            return [self.ids[word]]
        pieces, at = [], 0
        while at < len(word) and len(pieces) < MAX_PIECES:
            end = next((end for end in range(min(len(word), at + MAX_PIECE), at, -1) if word[at:end] in self.ids), None)
            if end:
                pieces.append(self.ids[word[at:end]])
            at = end or at + 1
        return pieces

    def _cjk(self, word):
        found = []
        for at in range(len(word)):
            for end in range(min(len(word), at + MAX_CJK_PIECE), at, -1):
                if word[at:end] in self.ids:
                    found.append(self.ids[word[at:end]])
                    break
        return found


def bag(sub_words, text):
    """(unique ids, what each counts for)."""
    counts = Counter(sub_words.of_text(text))
    return list(counts), [1 + math.log(count) for count in counts.values()]


def body_bag(sub_words, text):
    """The same for a body: if it grew with its length, a long body would leave nothing of name and path."""
    ids, weights = bag(sub_words, text)
    share = math.sqrt(USUAL_BODY / max(len(ids), SHORTEST_BODY))
    return ids, [weight * share for weight in weights]
