"""Which licence a repository is under, read from its licence files and nothing else.

Permissive ones are let in. A second file under other terms, or words that take something back, keep the repository out:
better one repository too few than one too many.
"""

import re

PERMISSIVE = [
    ("Apache-2.0", r"apache license,? version 2\.0|apache license\s+version 2\.0"),
    ("MIT", r"permission is hereby granted, free of charge, to any person obtaining a copy"),
    ("BSD", r"redistribution and use in source and binary forms"),
    ("ISC", r"permission to use, copy, modify, and(/or)? distribute this software for any purpose"),
    ("Zlib", r"altered source versions must be plainly marked"),
    ("BSL-1.0", r"boost software license"),
    ("Unlicense", r"this is free and unencumbered software"),
]
RESTRICTIVE = re.compile(
    r"gnu (affero |lesser |library )?general public|mozilla public license|eclipse public license|commons clause"
    r"|server side public|business source license|elastic license|creative commons|common development and distribution"
    r"|non-?commercial|additional (terms|conditions) (apply|as follows)|mulan"
)
LICENCE_FILE = re.compile(r"(licen[sc]e|copying|unlicen[sc]e|mit-licen[sc]e)([-._].*)?$", re.I)


def licence_of(text):
    """The short name of a permissive licence, or None for any other text."""
    plain = re.sub(r"[\s*#]+", " ", text.lower())
    if RESTRICTIVE.search(plain):
        return None
    return next((name for name, phrase in PERMISSIVE if re.search(phrase, plain)), None)


def licence_of_files(files):
    """`files`: {name: text} of a repository's top folder. "Apache-2.0 AND MIT"; None if any file is not permissive."""
    names = [licence_of(text) for name, text in sorted(files.items()) if LICENCE_FILE.match(name)]
    return " AND ".join(dict.fromkeys(names)) if names and all(names) else None
