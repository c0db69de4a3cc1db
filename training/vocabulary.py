"""The vocabulary: byte-pair merges over words that at least five repositories use.

No word that fewer use can be read back from the model. Chinese has no words to begin with: there the merges run over
whole phrases, but only strings of up to four characters that five repositories use are made. Of the pieces that the
merges leave, those that are used most are kept.
"""

import heapq
from collections import Counter, defaultdict

from words import MAX_CJK_PIECE, MAX_PIECE, SubWords, is_cjk, words_of

MIN_REPOSITORIES = 5
# No repository's favourite word counts for more than this.
REPOSITORY_CAP = 300
# Years and error codes are words; most numbers of three digits or more are not.
MIN_REPOSITORIES_OF_NUMBER = 40


class WordCounts:
    """Counts of one repository, or of all: words, phrases, and in how many repositories each string is."""

    def __init__(self):
        self.latin, self.phrases, self.repositories = Counter(), Counter(), Counter()

    def of_texts(self, texts):
        latin, phrases, strings = Counter(), Counter(), set()
        for text in texts:
            latin.update(words_of(text))
        for word in filter(is_cjk, list(latin)):
            phrases[word] = latin.pop(word)
        for phrase in phrases:
            strings.update(
                phrase[at:end]
                for at in range(len(phrase))
                for end in range(at + 1, min(len(phrase), at + MAX_CJK_PIECE) + 1)
            )
        self.latin = Counter({word: min(count, REPOSITORY_CAP) for word, count in latin.items()})
        self.phrases = Counter({phrase[:16]: min(count, 20) for phrase, count in phrases.items()})
        self.repositories = Counter(dict.fromkeys(strings | set(latin), 1))
        return self

    def add(self, other):
        self.latin.update(other.latin)
        self.phrases.update(other.phrases)
        self.repositories.update(other.repositories)


def make_vocabulary(counts, latin_size, cjk_size):
    """Sorted list of pieces; `^` begins a word in Latin letters or digits."""
    common = {string for string, number in counts.repositories.items() if number >= least_repositories(string)}
    words = {
        ("^" + word[0], *word[1:]): count
        for word, count in counts.latin.items()
        if word in common and len(word) < MAX_PIECE
    }
    # Every letter and digit is a piece, so that no word in Latin letters is without one.
    letters = [mark + letter for mark in ("", "^") for letter in "abcdefghijklmnopqrstuvwxyz0123456789"]
    phrases = {
        tuple(letter if letter in common else "\0" for letter in phrase): count
        for phrase, count in counts.phrases.items()
    }
    latin = merge(words, 3 * latin_size // 2, letters, lambda piece: True)
    cjk = [piece for piece in merge(phrases, 3 * cjk_size // 2, [], common.__contains__) if "\0" not in piece]
    used = usage([*latin, *cjk], {**{"".join(word)[1:]: count for word, count in words.items()}, **counts.phrases})

    def most_used(pieces, size):
        return sorted(pieces, key=lambda piece: (-used[piece], piece))[:size]

    return sorted({*letters, *most_used(latin, latin_size), *most_used(cjk, cjk_size)})


def usage(vocabulary, words):
    """How often each piece is used; many only led from one merge to the next, and never are."""
    sub_words, used = SubWords(vocabulary), Counter()
    for word, count in words.items():
        for number in sub_words.of_text(word):
            used[vocabulary[number]] += count
    return used


def least_repositories(string):
    return MIN_REPOSITORIES_OF_NUMBER if string.isdigit() and len(string) > 2 else MIN_REPOSITORIES


def merge(sequences, size, pieces, is_allowed):
    """`sequences`: {tuple of pieces: count}. The first pieces, then what the most frequent pairs make, up to `size`."""
    found = Counter()
    for sequence, count in sequences.items():
        for piece in sequence:
            found[piece] += count
    vocabulary = dict.fromkeys([*pieces, *(piece for piece, _ in found.most_common(size // 2))])
    rows, counts = [list(sequence) for sequence in sequences], list(sequences.values())
    pairs, where = Counter(), defaultdict(set)
    for at, row in enumerate(rows):
        for pair in zip(row, row[1:]):
            if is_allowed(pair[0] + pair[1]):
                pairs[pair] += counts[at]
                where[pair].add(at)
    heap = [(-count, pair) for pair, count in pairs.items()]
    heapq.heapify(heap)
    while len(vocabulary) < size and heap:
        count, pair = heapq.heappop(heap)
        if pairs.get(pair, 0) != -count:
            if pairs.get(pair, 0) > 0:
                heapq.heappush(heap, (-pairs[pair], pair))
            continue
        if -count < MIN_REPOSITORIES:
            break
        joined = pair[0] + pair[1]
        vocabulary[joined] = None
        changed = set()
        for at in where.pop(pair):
            row, new, i = rows[at], [], 0
            while i < len(row):
                hit = row[i] == pair[0] and i + 1 < len(row) and row[i + 1] == pair[1]
                new.append(joined if hit else row[i])
                i += 2 if hit else 1
            if len(new) == len(row):
                continue
            for old in zip(row, row[1:]):
                if old in pairs:
                    pairs[old] -= counts[at]
            for made in zip(new, new[1:]):
                if is_allowed(made[0] + made[1]):
                    pairs[made] += counts[at]
                    where[made].add(at)
                    changed.add(made)
            rows[at] = new
        pairs.pop(pair, None)
        for made in changed:
            if pairs[made] > 0:
                heapq.heappush(heap, (-pairs[made], made))
    return list(vocabulary)
