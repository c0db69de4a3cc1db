"""Functions and types of a file, each with the comment that documents it: the comment apart, the code without it.

Python is parsed; other languages are read by the patterns of `languages.py` and by counting braces or `end`s, Haskell
by its signatures and its layout. That misses some definitions and cuts a few wrongly, which costs pairs and nothing else.
"""

import ast
import bisect
import re
import textwrap
import warnings
from dataclasses import dataclass

from languages import COMMENT_SIGNS, DEFINITIONS, NOT_A_NAME, TYPE_WORD

MAX_CODE = 2000
MAX_BODY = 8000


@dataclass
class Definition:
    name: str
    around: str  # the type around it, or ''
    doc: str  # as it was written, without comment signs; '' if there is none
    code: str
    is_type: bool
    row: int  # zero-based line on which it begins


def definitions_of(text, language):
    if language == "Python":
        return _python(text)
    if language in ("Ruby", "Lua", "Elixir"):
        return _ended(text, language)
    if language == "Haskell":
        return _laid_out(text)
    return _braced(text, language) if language in DEFINITIONS else iter(())


def _python(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
    lines = text.split("\n")
    pending = [(tree, "")]
    while pending:
        node, around = pending.pop()
        is_type = isinstance(node, ast.ClassDef)
        if is_type or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            doc = ast.get_docstring(node, clean=True) or ""
            start = node.lineno - 1
            own = lines[start : node.end_lineno]
            if doc:
                string = node.body[0]
                own = own[: string.lineno - 1 - start] + own[string.end_lineno - start :]
            yield Definition(node.name, around, doc, textwrap.dedent("\n".join(own))[:MAX_CODE], is_type, start)
        inner = node.name if is_type else around
        pending.extend((child, inner) for child in ast.iter_child_nodes(node))


_BRACES = re.compile(r"""[{}]|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|//[^\n]*|/\*.*?\*/""", re.S)
_BRACES_SHELL = re.compile(r"""[{}]|"(?:\\.|[^"\\])*"|'[^']*'|(?<=\s)#[^\n]*""", re.S)
_BRACES_RUST = re.compile(r"""[{}]|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\\n])'|//[^\n]*|/\*.*?\*/""", re.S)


_RECEIVER = re.compile(r"func\s+\(\w*\s*\*?(\w+)|[^(]*?(\w+)::~?\w+\s*\(")


def _body_end(text, start, language):
    """Where the braces that open after `start` are closed; None if they are closed before they open."""
    depth = 0
    signs = {"Rust": _BRACES_RUST, "Shell": _BRACES_SHELL}.get(language, _BRACES)
    for match in signs.finditer(text, start, start + MAX_BODY):
        if match.group() == "{":
            depth += 1
        elif match.group() == "}":
            depth -= 1
            if depth == 0:
                return match.end()
            if depth < 0:
                return None
    return start + MAX_BODY if depth > 0 else None


def _braced(text, language):
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    found = {}
    for pattern in DEFINITIONS[language]:
        for match in pattern.finditer(text):
            row = bisect.bisect_right(starts, match.start()) - 1
            while row < len(lines) and not lines[row].strip():
                row += 1
            if row < len(lines) and match.group(1) not in NOT_A_NAME and len(match.group(1)) > 1:
                found.setdefault(row, match)
    around = []  # (indent, name) of the types that are open
    for row in sorted(found):
        match = found[row]
        if re.match(r"\s*(return|else|throw|case|await|yield|new)\b", lines[row]):
            continue
        start = starts[row]
        end = _body_end(text, start, language)
        brace, semicolon = text.find("{", start), text.find(";", start)
        # A declaration without a body must not take the next one's.
        if end is None or (language not in ("Go", "Shell") and 0 <= semicolon < brace and "\n" in text[semicolon:brace]):
            continue
        indent = len(lines[row]) - len(lines[row].lstrip())
        while around and around[-1][0] >= indent:
            around.pop()
        is_type = bool(TYPE_WORD.search(match.group()))
        name = match.group(1)
        outer = around[-1][1] if around else ""
        receiver = _RECEIVER.match(lines[row])
        if is_type:
            around.append((indent, name))
        code = textwrap.dedent(text[start : min(end, start + MAX_CODE)])
        yield Definition(
            name,
            receiver.group(receiver.lastindex) if receiver else outer,
            doc_above(lines, row, language),
            code,
            is_type,
            row,
        )


_ENDED = {
    "Ruby": re.compile(r"^(\s*)(def|class|module)\s+(?:self\.)?([\w?!:]+)"),
    "Lua": re.compile(r"^(\s*)(?:local\s+)?(function)\s+([\w.:]+)"),
    "Elixir": re.compile(r"^(\s*)(def|defp|defmodule|defmacro)\s+([\w?!.]+)"),
}


def _ended(text, language):
    """Languages whose definitions close with an `end` as far left as they began."""
    pattern = _ENDED[language]
    lines = text.split("\n")
    around = []
    for row, line in enumerate(lines):
        match = pattern.match(line)
        if not match:
            continue
        indent, word, name = match.groups()
        end = next(
            (at for at in range(row + 1, min(len(lines), row + 200)) if lines[at].startswith(indent + "end")), None
        )
        if end is None:
            continue
        while around and len(around[-1][0]) >= len(indent):
            around.pop()
        outer = around[-1][1] if around else ""
        is_type = word in ("class", "module", "defmodule")
        if is_type:
            around.append((indent, name))
        doc = _elixir_doc(lines, row) if language == "Elixir" else _lines_above(lines, row, language)
        yield Definition(name, outer, doc, textwrap.dedent("\n".join(lines[row : end + 1]))[:MAX_CODE], is_type, row)


def _elixir_doc(lines, row):
    above = row - 1
    while above >= 0 and re.match(r"\s*@(spec|impl|deprecated|since)", lines[above]):
        above -= 1
    if above < 1 or lines[above].strip() != '"""':
        return ""
    start = above - 1
    while start >= 0 and above - start < 60 and not re.match(r'\s*@(module)?doc\s+(~S)?"""', lines[start]):
        start -= 1
    return textwrap.dedent("\n".join(lines[start + 1 : above])) if start >= 0 and above - start < 60 else ""


_SIGNATURE = re.compile(r"(data|newtype|class|type|instance)\s+(?:.*?=>\s*)?([A-Z][\w']*)|([a-z_][\w']*)\s*::")


def _laid_out(text):
    """Haskell: from a signature or a type's first line to the next line at the margin that is not of the same name."""
    lines = text.split("\n")
    for row, line in enumerate(lines):
        match = _SIGNATURE.match(line)
        if not match:
            continue
        name = match.group(2) or match.group(3)
        end = row + 1
        while end < min(len(lines), row + 200) and (
            not lines[end].strip() or lines[end][0].isspace() or re.match(re.escape(name) + r"(?![\w'])", lines[end])
        ):
            end += 1
        doc = doc_above(lines, row, "Haskell")
        code = "\n".join(lines[row:end]).rstrip()[:MAX_CODE]
        yield Definition(name, "", re.sub(r"^\s*[|^]\s?", "", doc), code, bool(match.group(2)), row)


def _lines_above(lines, row, language):
    above = lines[row - 1].strip() if row else ""
    sign = next((sign for sign in COMMENT_SIGNS.get(language, ["//"]) if above.startswith(sign)), None)
    if not sign:
        return ""
    start = row
    while start > 0 and lines[start - 1].strip().startswith(sign):
        start -= 1
    return "\n".join(line.strip().lstrip(sign[0]).strip() for line in lines[start:row])


def doc_above(lines, row, language):
    """The comment that ends right above a line, or above the annotations that stand there."""
    above = row - 1
    # Annotations stand between a definition and its comment.
    while above >= 0 and row - above < 8 and re.match(r"\s*(@|#\[|\[\w|template\s*<)", lines[above]):
        above -= 1
    if above < 0:
        return ""
    if not lines[above].strip() and above > 0 and lines[above - 1].strip().endswith("*/"):
        above -= 1
    if lines[above].strip().endswith("*/"):
        start = above
        while start >= 0 and above - start < 80 and "/*" not in lines[start]:
            start -= 1
        if start < 0 or not lines[start].strip().startswith("/*"):
            return ""
        block = lines[start : above + 1]
        return "\n".join(re.sub(r"^\s*(/\*+!?<?|\*(?!/))?\s?", "", line).replace("*/", "") for line in block)
    if language == "Haskell" and lines[above].strip().endswith("-}"):
        start = next((at for at in range(above, max(-1, above - 80), -1) if "{-" in lines[at]), None)
        return "\n".join(lines[start : above + 1]).strip(" {-}\n") if start is not None else ""
    return "\n".join(line.lstrip("/!<").strip() for line in _lines_above(lines, above + 1, language).split("\n"))
