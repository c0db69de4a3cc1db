"""Pairs to learn from: something a person wrote, and the code or the section that it is about.

    python3 pairs.py --repos DIR --exclude FILE… --out DIR

Writes one file of JSON lines for each repository ({kind, lang, path, name, around, query, code}), named by its commit, so
that a second run makes only what is missing, and `repositories.json` with names, commits, licences and what was left out.
Kinds: doc (comment → definition), remark (any other comment → the lines below it), section (heading → text), commit
(subject → hunk), bilingual (the same thing in Chinese and in English, either way round).
"""

import argparse
import json
import os
import re
import time
from itertools import takewhile
from multiprocessing import Pool

from commits import commits_of
from definitions import definitions_of, doc_above
from languages import LANGUAGE_OF, SKIPPED_PATH, TEST_PATH
from prose import clean, clean_doc, is_chinese, says_enough
from repositories import files_of, open_repositories, read_names
from sections import language_pairs, same_rows, same_sections, same_strings, sections

CAPS = {"doc": 12_000, "remark": 4_000, "section": 5_000, "bilingual": 6_000, "commit": 3_000}
LOCALE_FILE = re.compile(
    r"(^|[/._-])(zh|cn|en|chinese|english)([-_](cn|us|gb|hans))?([/._-][^/]*)?\.(json|ts|js|properties|ya?ml)$", re.I
)
COMMENT_START = re.compile(r"^[ \t]*(?://|#(?!\[|include|if|else|endif|define|pragma|undef)|--(?![-\w]|\s*$)|/\*|\*)")
COMMENT_END = re.compile(
    r"^(?://|#(?!\[|include|if|else|endif|define|pragma|undef)|--\s).*\w|\*/$|[\u3400-\u9fff].*\*/$"
)


def ending_of(path):
    return os.path.splitext(path)[1].lower()


class Pairs:
    """What one repository gives: no code twice, no query twice, no more of a kind than its cap."""

    def __init__(self):
        self.rows, self.counts, self.seen = [], dict.fromkeys(CAPS, 0), set()

    def add(self, kind, lang, path, query, code, name="", around="", is_type=False):
        chinese = is_chinese(query)
        keys = (kind, "query", query.lower()), (kind, "code", code)
        # English remarks are plenty and say little; Chinese ones are what there is.
        cap = CAPS[kind] if kind != "remark" or chinese else CAPS[kind] // 2
        if self.counts[kind] >= cap or any(key in self.seen for key in keys):
            return
        self.seen.update(keys)
        self.counts[kind] += 1
        row = {"kind": kind, "lang": lang, "path": path, "name": name, "around": around, "query": query, "code": code}
        self.rows.append(row | ({"chinese": 1} if chinese else {}) | ({"type": 1} if is_type else {}))


def add_code(pairs, path, text, language):
    is_test, documented = bool(TEST_PATH.search(path)), set()
    for definition in definitions_of(text, language):
        long_enough = definition.code.count("\n") >= 2 and len(definition.code) >= 60
        query = clean_doc(definition.doc, definition.name) if definition.doc and long_enough else None
        if query and not (is_test and definition.name.lower().startswith("test")):
            documented.add(definition.row)
            pairs.add(
                "doc", language, path, query, definition.code, definition.name, definition.around, definition.is_type
            )
    if not is_test:
        add_remarks(pairs, path, text.split("\n"), language, documented)


def add_remarks(pairs, path, lines, language, documented):
    """Comments on their own lines, with the code up to the next gap or comment: steps of a body, members, declarations."""
    for row in range(1, len(lines)):
        above = lines[row - 1].strip()
        if (
            row in documented
            or not COMMENT_END.search(above)
            or not lines[row].strip()
            or COMMENT_START.match(lines[row])
        ):
            continue
        below = list(takewhile(lambda line: line.strip() and not COMMENT_START.match(line), lines[row : row + 12]))
        if above.endswith("*/"):
            comment = doc_above(lines, row, language)
        elif row > 1 and COMMENT_START.match(lines[row - 2]) and len(below) < 3:
            continue
        else:
            comment = "\n".join(
                reversed(
                    [line.strip().lstrip("/#-! ") for line in takewhile(COMMENT_START.match, reversed(lines[:row]))]
                )
            )
        query = clean_doc(comment, "") if len("\n".join(below)) > 40 else None
        if query:
            pairs.add("remark", language, path, query, "\n".join(below))


def add_sections(pairs, path, text):
    for _, heading, above, body in sections(text):
        query = clean(f"{above} {heading}")
        if (
            len(body) > 80
            and (len(re.findall(r"[A-Za-z]{2,}", heading)) >= 2 or len(heading) >= 4)
            and says_enough(query)
        ):
            pairs.add("section", "Markdown", path, query, body)


def add_translations(pairs, documents, locales):
    for chinese, english in language_pairs(sorted(documents)):
        for ours, theirs in same_sections(documents[chinese], documents[english]):
            if not is_chinese(ours[1] + ours[3]) or is_chinese(theirs[3]):
                continue
            first, second = (clean(re.split(r"\n\n|\n```", side[3])[0]) for side in (ours, theirs))
            if len(ours[3]) > 30 and len(theirs[3]) > 40:
                pairs.add(
                    "bilingual",
                    "Markdown",
                    english,
                    f"{clean(ours[1])} {first}".strip()[:200],
                    f"{theirs[1]}\n{theirs[3]}",
                )
                pairs.add(
                    "bilingual",
                    "Markdown",
                    chinese,
                    f"{clean(theirs[1])} {second}".strip()[:200],
                    f"{ours[1]}\n{ours[3]}",
                )
        add_words(pairs, english, same_rows(documents[chinese], documents[english]))
    for chinese, english in language_pairs(sorted(locales)):
        add_words(pairs, english, same_strings(locales[chinese], locales[english], chinese))


def add_words(pairs, path, rows):
    for name, ours, theirs in rows:
        ours, theirs = clean(ours), clean(theirs)
        if is_chinese(ours) and not is_chinese(theirs) and len(re.findall(r"[A-Za-z]{2,}", theirs)) >= 2:
            pairs.add("bilingual", "words", path, ours, theirs, name=name.split("#")[0].split(".")[-1])


def pairs_of(repository):
    pairs, documents, locales = Pairs(), {}, {}

    def wanted(path):
        return LOCALE_FILE.search(path) or (ending_of(path) in LANGUAGE_OF and not SKIPPED_PATH.search(path))

    for path, text in files_of(repository, wanted):
        language = LANGUAGE_OF.get(ending_of(path))
        if language == "Markdown":
            documents[path] = text
            if not TEST_PATH.search(path):
                add_sections(pairs, path, text)
        elif LOCALE_FILE.search(path):
            locales[path] = text
        elif len(text) >= 60:
            add_code(pairs, path, text, language)
    add_translations(pairs, documents, locales)
    for query, path, code in commits_of(repository):
        pairs.add("commit", LANGUAGE_OF[ending_of(path)], path, query, code)
    return pairs


def write_pairs(task):
    repository, target = task
    started = time.time()
    pairs = pairs_of(repository)
    with open(target + ".part", "w", encoding="utf8") as out:
        for row in pairs.rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    os.rename(target + ".part", target)
    counts = " ".join(f"{kind} {count}" for kind, count in pairs.counts.items())
    return f"{repository.name}: {counts} ({time.time() - started:.0f} s)"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repos", required=True)
    parser.add_argument("--exclude", action="append", default=[])
    parser.add_argument("--out", required=True)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    repositories, left_out = open_repositories(options.repos, read_names(options.exclude))
    os.makedirs(options.out, exist_ok=True)

    def target(repository):
        return os.path.join(options.out, f"{repository.name.replace('/', '+')}@{repository.commit[:12]}.jsonl")

    tasks = [(it, target(it)) for it in repositories if not os.path.exists(target(it))]
    with Pool(options.processes) as pool:
        for line in pool.imap_unordered(write_pairs, tasks):
            print(line, flush=True)
    listed = [
        {"name": it.name, "commit": it.commit, "licence": it.licence, "pairs": os.path.basename(target(it))}
        for it in repositories
    ]
    with open(os.path.join(options.out, "repositories.json"), "w", encoding="utf8") as out:
        json.dump({"repositories": listed, "leftOut": left_out}, out, indent=1, ensure_ascii=False)
    print(f"{len(repositories)} repositories, {len(left_out)} left out")


if __name__ == "__main__":
    main()
