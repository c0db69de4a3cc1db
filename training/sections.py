"""Markdown: headings with what stands below them, and the same section in English and in Chinese.

Two files are translations of each other if their names differ in the language alone. Their sections are put side by side
where the outlines agree, their tables by the first cell of each row; strings of user interfaces by their keys.
"""

import json
import re
from difflib import SequenceMatcher

MAX_SECTION = 2000
_HEADING = re.compile(r"^(#{1,5})\s+(.+?)\s*#*\s*$")
_ZH = r"zh([-_]?(cn|hans|hans[-_]cn))?|cn|chinese"
_EN = r"en([-_]?(us|gb))?|english"
_ZH_MARK = re.compile(rf"(?<![a-z])({_ZH})(?![a-z])", re.I)
_EN_MARK = re.compile(rf"[-_.]?(?<![a-z])({_EN})(?![a-z])", re.I)


def sections(text):
    """[(level, heading, heading above, body)] in order; what stands before the first heading is left out."""
    found, outline, in_code = [], [], False
    for line in text.split("\n"):
        if line.startswith("```"):
            in_code = not in_code
        match = None if in_code else _HEADING.match(line)
        if match:
            level = len(match.group(1))
            heading = re.sub(r"\s*\{#[^}]*\}$", "", match.group(2))
            outline = outline[: level - 1] + [heading]
            found.append((level, heading, outline[-2] if len(outline) > 1 else "", []))
        elif found:
            found[-1][3].append(line)
    return [(level, heading, above, "\n".join(body).strip()[:MAX_SECTION]) for level, heading, above, body in found]


def language_pairs(paths):
    """[(Chinese path, English path)] among these."""
    english = {}
    for path in paths:
        if not _ZH_MARK.search(path):
            english.setdefault(_EN_MARK.sub("", path.lower()).replace("//", "/"), path)
    pairs = []
    for path in paths:
        if _ZH_MARK.search(path):
            key = re.sub(rf"[-_.]?(?<![a-z])({_ZH})(?![a-z])", "", path.lower()).replace("//", "/")
            if key in english:
                pairs.append((path, english[key]))
    return pairs


def same_sections(chinese, english):
    """[(Chinese section, English section)]: those whose place in the outline and whose code words agree."""
    ours, theirs = sections(chinese), sections(english)
    if [section[0] for section in ours] == [section[0] for section in theirs]:
        return list(zip(ours, theirs))
    marks = [
        [(level, frozenset(_code_words(heading + " " + body))) for level, heading, _, body in side]
        for side in (ours, theirs)
    ]
    blocks = SequenceMatcher(
        None, *[[mark if mark[1] else object() for mark in side] for side in marks], autojunk=False
    )
    return [(ours[a + k], theirs[b + k]) for a, b, size in blocks.get_matching_blocks() for k in range(size)]


def _code_words(text):
    return re.findall(r"`([^`\n]{2,40})`", text)[:12]


def same_rows(chinese, english):
    """[(name, Chinese words, English words)] of tables whose rows begin alike, such as those of properties."""
    theirs = {cells[0]: cells[1] for cells in _rows(english)}
    return [(name, words, theirs[name]) for name, words in _rows(chinese) if name in theirs and theirs[name] != words]


def _rows(text):
    for line in text.split("\n"):
        cells = [cell.strip().strip("`*") for cell in line.strip().strip("|").split("|")]
        if (
            line.strip().startswith("|")
            and len(cells) >= 2
            and re.match(r"[\w.-]{2,40}$", cells[0])
            and not set(cells[1]) <= set("-: ")
        ):
            yield cells[0], cells[1]


def same_strings(chinese, english, path):
    """[(key, Chinese words, English words)] of two files of user interface strings."""
    ours, theirs = (_strings(text, path) for text in (chinese, english))
    return [(key, words, theirs[key]) for key, words in ours.items() if key in theirs and theirs[key] != words]


def _strings(text, path):
    found = {}
    if path.endswith(".json"):
        try:
            pending = [("", json.loads(text))]
        except (ValueError, RecursionError):
            return found
        while pending:
            key, value = pending.pop()
            if isinstance(value, dict):
                pending.extend((f"{key}.{name}", inner) for name, inner in value.items())
            elif isinstance(value, str):
                found[key] = value
        return found
    seen = {}
    for key, value in re.findall(
        r"""^[ \t]*['"]?([\w.-]{2,60})['"]?\s*[:=]\s*['"`]?([^'"`\n]{2,160}?)['"`]?,?\s*$""", text, re.M
    ):
        seen[key] = seen.get(key, 0) + 1
        if "\\u" in value:
            value = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(match.group(1), 16)), value)
        found[f"{key}#{seen[key]}"] = value
    return found
