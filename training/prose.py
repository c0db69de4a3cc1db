"""What people wrote, made into something a person might ask: comments, headings and commit subjects, cleaned.

Every function returns None for a text that says nothing or too little.
"""

import re

HAN = re.compile(r"[\u3400-\u9fff]")
MAX_PROSE = 350

_STOP = re.compile(
    r"^\s*(@\w+|\\(param|return|brief\s*$)|:param|:return|:type|:raises|args?:|arguments:|parameters?\b:?\s*$|- parameters?\b|params?:"
    r"|returns?:|raises:|examples?:?\s*$|# (examples?|panics|errors|safety)|note:|usage:|>>>|```|\.\. |yields:|attributes:|see also"
    r"|notes\s*$|-{3,}|={3,}|<(param|returns|remarks|typeparam|exception|example)|参数[:：]|返回[:：]|示例[:：]?\s*$)",
    re.I,
)
_EMPTY_TALK = re.compile(
    r"copyright|licen[sc]ed?\b|inherit_?doc|@internal\b|\bTODO\b|\bFIXME\b|\bXXX\b|noqa|eslint|istanbul|nolint|type: ignore"
    r"|prettier-ignore|ts-ignore|^see |^deprecated|auto-?generated|SPDX|版权|许可证|^@?author|^created by|^date:",
    re.I,
)
_MARKUP = [
    (re.compile(r"\{@\w+\s+([^}]*)\}"), r"\1"),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r":\w+:`~?([^`]*)`"), r"\1"),
    (re.compile(r'<(?:see|paramref|typeparamref)\s+\w+="([^"]*)"\s*/>'), r"\1"),
    (re.compile(r"<[^>\n]{1,80}>"), " "),
    (re.compile(r"https?://\S+"), ""),
    (re.compile(r"[`*]"), ""),
    (re.compile(r"[\\@](brief|desc|description|summary|details)\b:?"), ""),
    (re.compile(r"^(Public|Internal|Private):"), ""),
    (re.compile(r"\s+"), " "),
]


_FIRST_NAME = re.compile(r"(?:func(?:tion)? |method |class )?([\w.:]*\w)\b(?:\(\))?\s*[:：\-–]?\s*")


def is_chinese(text):
    """Whether a text is for readers of Chinese: a comment of mostly English with a Chinese word is not."""
    return 5 * len(HAN.findall(text)) >= len(re.findall(r"[A-Za-z]", text)) and len(HAN.findall(text)) >= 2


def says_enough(text):
    """Three words, or four Chinese characters, and nothing in other scripts: we have no data to learn those from."""
    if is_chinese(text):
        return len(HAN.findall(text)) >= 4
    known = sum(ord(letter) < 128 for letter in text)
    return len(re.findall(r"[A-Za-z]{2,}", text)) >= 3 and known >= 0.9 * len(text)


def clean(text):
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    text = text.strip(" -/#:：·,")
    if len(text) > MAX_PROSE:
        stop = text.find(". ", 60)
        text = text[: stop + 1] if 0 < stop < MAX_PROSE else text[:MAX_PROSE]
    return text


def clean_doc(doc, name):
    """The first paragraph of a documentation comment, without the name that Go and Javadoc begin it with."""
    paragraph = []
    for line in doc.split("\n"):
        if not line.strip():
            if paragraph:
                break
            continue
        # A tag ends the prose, but \brief and @description begin it.
        if _STOP.match(line) and not re.match(r"\s*[\\@](brief|desc|description|summary)\b\s*\S", line):
            break
        paragraph.append(line.strip())
    text = clean(" ".join(paragraph))
    first = _FIRST_NAME.match(text)
    if name and first and re.split(r"[.:]", first.group(1))[-1] == name:
        text = text[first.end() :]
    return text if says_enough(text) and not _EMPTY_TALK.search(text) and not _looks_like_code(text) else None


def _looks_like_code(text):
    return bool(
        re.search(r"^(from|import) |[;{}]\s*$|=>|\)\s*\{|^\s*(if|for|return|import|var|let|const)\b.*[(=;]", text)
    )


_DULL_SUBJECT = re.compile(
    r"^(merge|revert|bump|release|version|update (changelog|dependenc|readme|docs?\b)|fix typo|typo|wip|v?\d+\.|chore\(release|prepare"
    r"|prettier|lint|fmt|format|changelog|auto-?update|regenerate|build\(deps|合并|发布|更新版本|initial commit|clean ?up|refactor$)",
    re.I,
)


def clean_subject(subject):
    """A commit's subject without its kind, its number and its place."""
    text = re.sub(r"\s*\(?(?:gh-|GH-|bpo-)?#\d+\)?\s*|\[\w+-?\d*\]\s*|!\d+", " ", subject)
    text = re.sub(
        r"^\W*(?:feat|fix|refactor|perf|chore|docs?|test|style|build|ci|internal|types?)(?:\([^)]*\))?!?\s*[:：]\s*",
        "",
        text,
    )
    text = clean(re.sub(r"^[A-Z]+-\d+:?\s*|^:\w+:\s*", "", text))
    return text[:200] if says_enough(text) and not _DULL_SUBJECT.search(text) else None
