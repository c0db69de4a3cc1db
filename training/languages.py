"""Which files are read, and how a definition begins in each language. A table: patterns, no logic."""

import re

LANGUAGE_OF = {
    ".py": "Python", ".js": "JavaScript", ".jsx": "JavaScript", ".mjs": "JavaScript", ".cjs": "JavaScript",
    ".ts": "TypeScript", ".tsx": "TypeScript", ".mts": "TypeScript", ".vue": "TypeScript", ".svelte": "TypeScript",
    ".go": "Go", ".java": "Java", ".kt": "Kotlin", ".rs": "Rust", ".cs": "C#", ".php": "PHP", ".rb": "Ruby",
    ".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".cxx": "C++", ".hpp": "C++", ".hh": "C++", ".inl": "C++",
    ".swift": "Swift", ".scala": "Scala", ".dart": "Dart", ".lua": "Lua", ".ex": "Elixir", ".exs": "Elixir",
    ".sh": "Shell", ".bash": "Shell", ".zsh": "Shell", ".hs": "Haskell", ".zig": "Zig",
    ".md": "Markdown", ".mdx": "Markdown", ".markdown": "Markdown",
}  # fmt: skip

SKIPPED_PATH = re.compile(
    r"(^|/)(vendor|node_modules|dist|third[-_]?party|_vendor|extern|external|deps|testdata|fixtures?|snapshots?"
    r"|__snapshots__|generated|gen|\.yarn|migrations)/|\.min\.|_pb2\.|\.pb\.|\.d\.ts$|zz_generated|change_?log|history\.md"
    r"|release_?notes|whatsnew|license",
    re.I,
)
TEST_PATH = re.compile(
    r"(^|/)(tests?|__tests__|specs?|testing|bench(es|marks?)?|e2e)/|(^|/)test_|_test\.|\.test\.|\.spec\."
    r"|_spec\.rb$|Tests?\.(java|cs|kt|swift|php)$",
    re.I,
)

# What a comment above a definition begins with; the longest that fits counts.
COMMENT_SIGNS = {
    "Ruby": ["#"], "Elixir": ["#"], "Shell": ["#"], "Lua": ["--"], "Haskell": ["--"],
    "Rust": ["///", "//"], "C#": ["///", "//"], "Swift": ["///", "//"], "Dart": ["///", "//"], "Zig": ["///", "//"],
}  # fmt: skip

NOT_A_NAME = frozenset(
    "if for while switch catch function return else do try with new await foreach using lock super constructor throw typeof"
    " elseif match sizeof when defined unless until loop guard case in of and or not".split()
)


def _lines(*patterns):
    return [re.compile(pattern, re.M) for pattern in patterns]


_JS = _lines(
    r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:async\s+)?function\*?\s+(\w+)\s*[\(<]",
    r"^[ \t]+(?:(?:public|private|protected|static|async|get|set|override|readonly|abstract)\s+)*[*#]?(\w+)\s*(?:<[^>\n]*>)?"
    r"\([^;{}]{0,300}\)\s*(?::[^{;=\n]{1,120})?\{",
    r"^[ \t]*(?:export\s+)?(?:const|let|var)\s+(\w+)\s*(?::[^=\n]+)?=\s*(?:async\s*)?(?:\([^;{}]{0,300}\)|\w+)\s*(?::[^={\n]+)?=>\s*\{",
    r"^[ \t]*(?:[\w.]+\.)(\w+)\s*=\s*(?:async\s+)?function\b",
    r"^[ \t]*(\w+)\s*:\s*(?:async\s+)?function\b",
    r"^[ \t]*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?(?:class|interface|enum)\s+(\w+)",
)
_C_TYPE = r"^[ \t]*(?:typedef\s+)?(?:struct|enum|union|class|namespace)\s+(?:\w+\s+)??(\w+)\s*(?:final\s*)?(?::[^;{(]{0,200})?\{"
_C_FUNCTION = (
    r"^[ \t]*(?!return\b|else\b|case\b|delete\b|throw\b|goto\b|typedef\b|using\b|if\b|for\b|while\b|switch\b)"
    r"(?:[A-Za-z_][\w:<>,*& \t]{1,100}?[\s*&:])?(~?\w+)[ \t]*\([^;{}]{0,400}\)[^;{}()=]{0,60}\{"
)

DEFINITIONS = {
    "JavaScript": _JS,
    "TypeScript": _JS,
    "Go": _lines(r"^func\s+(?:\([^)]*\)\s*)?(\w+)\s*[\(\[]", r"^type\s+(\w+)\s+(?:struct|interface)\b"),
    "Rust": _lines(
        r'^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:default\s+|const\s+|async\s+|unsafe\s+|extern\s+"C"\s+)*fn\s+(\w+)',
        r"^[ \t]*(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|trait)\s+(\w+)",
        r"^[ \t]*macro_rules!\s+(\w+)",
    ),
    "Java": _lines(
        r"^[ \t]+(?:(?:public|private|protected|static|final|abstract|synchronized|default|native)\s+)*(?:<[^>\n]+>\s+)?"
        r"(?:[\w.<>\[\],?]+\s+)?(\w+)\s*\([^;{}=]{0,400}\)[^;{}=()]{0,120}\{",
        r"^[ \t]*(?:(?:public|private|protected|static|final|abstract|sealed)\s+)*(?:class|interface|enum|record|@interface)\s+(\w+)",
    ),
    "Kotlin": _lines(
        r"^[ \t]*(?:[a-z]+\s+)*fun\s+(?:<[^>]+>\s+)?(?:[\w<>?, *]+\.)?(\w+)\s*\(",
        r"^[ \t]*(?:[a-z]+\s+)*(?:class|interface|object)\s+(\w+)",
    ),
    "C#": _lines(
        r"^[ \t]+(?:(?:public|private|protected|internal|static|virtual|override|sealed|async|abstract|partial|unsafe|new|extern)\s+)+"
        r"[\w.<>\[\],?() ]{1,100}?\s(\w+)\s*(?:<[^>\n]{1,80}>)?\s*\([^;{}]{0,400}\)[^;{}=]{0,200}\{",
        r"^[ \t]*(?:(?:public|private|protected|internal|static|abstract|sealed|partial|readonly)\s+)+(?:class|interface|enum|struct|record)\s+(\w+)",
    ),
    "PHP": _lines(
        r"^[ \t]*(?:(?:public|private|protected|static|final|abstract)\s+)*function\s+&?(\w+)\s*\(",
        r"^[ \t]*(?:abstract\s+|final\s+)*(?:class|interface|trait|enum)\s+(\w+)",
    ),
    "C": _lines(_C_FUNCTION, _C_TYPE),
    "C++": _lines(_C_FUNCTION, _C_TYPE),
    "Swift": _lines(
        r"^[ \t]*(?:[@\w()]+\s+)*func\s+(\w+)",
        r"^[ \t]*(?:[@\w()]+\s+)*(?:class|struct|enum|protocol|extension|actor)\s+(\w+)",
        r"^[ \t]*(?:[@\w()]+\s+)*var\s+(\w+)\s*:[^={\n]+\{",
    ),
    "Scala": _lines(
        r"^[ \t]*(?:[a-z]+(?:\[\w+\])?\s+)*def\s+(\w+)",
        r"^[ \t]*(?:[a-z]+(?:\[\w+\])?\s+)*(?:class|trait|object)\s+(\w+)",
    ),
    "Dart": _lines(
        r"^[ \t]*(?:static\s+|external\s+)*(?:[\w<>?,. ]{1,80}\s)(\w+)\s*\([^;{}]{0,400}\)\s*(?:async\*?\s*)?\{",
        r"^[ \t]*(?:abstract\s+|base\s+|final\s+|sealed\s+)*(?:class|mixin|enum|extension)\s+(\w+)",
    ),
    "Shell": _lines(r"^[ \t]*(?:function[ \t]+)?([\w:.@/-]+)[ \t]*\(\)\s*\{", r"^[ \t]*function[ \t]+([\w:.@/-]+)\s*\{"),
    "Zig": _lines(
        r"^[ \t]*(?:pub\s+|export\s+|inline\s+|noinline\s+)*fn\s+(\w+)\s*\(",
        r"^[ \t]*(?:pub\s+)?const\s+(\w+)\s*=\s*(?:packed\s+|extern\s+)?(?:struct|enum|union|opaque)\b",
    ),
}

TYPE_WORD = re.compile(
    r"\b(class|interface|struct|enum|trait|record|type|protocol|object|extension|namespace|union|mixin|actor)\b"
)
