"""Commits: the subject, and the largest hunks of what it changed, as the code is afterwards."""

import os
import re
import subprocess

from languages import LANGUAGE_OF, SKIPPED_PATH, TEST_PATH
from prose import clean_subject

NEWEST = 1500
MAX_FILES = 6
HUNKS = 2
MAX_HUNK_LINES = 60
MAX_HUNK = 1600
SECONDS = 40


def commits_of(repository):
    """(subject, path, code) of a repository's newest commits, as far as git gets in `SECONDS`."""
    patterns = [f"*{ending}" for ending, language in LANGUAGE_OF.items() if language != "Markdown"]
    command = [
        "timeout", str(SECONDS), "git", "--git-dir", repository.git_folder, "log", "-n", str(NEWEST), "--no-merges", "-p", "-U6",
        "--no-color", "--no-renames", "--no-ext-diff", "--no-textconv", "--format=%x01%s", "--diff-filter=M", "HEAD", "--", *patterns,
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        subject, hunks = None, []
        for raw in process.stdout:
            line = raw.decode("utf8", "ignore").rstrip("\n")
            if line.startswith("\x01"):
                yield from _pairs(subject, hunks)
                subject, hunks, path, hunk = line[1:], [], None, None
            elif line.startswith("+++ b/"):
                path, hunk = line[6:], None
            elif line.startswith("@@") and path and len(hunks) < 40:
                around = re.match(r"@@[^@]*@@ ?(.*)", line)
                hunk = (path, [around.group(1)] if around else [], [0])
                hunks.append(hunk)
            elif hunk and line[:1] in ("+", " ", "-") and not line.startswith("---"):
                hunk[2][0] += line[0] != " "
                if line[0] != "-" and len(hunk[1]) < MAX_HUNK_LINES:
                    hunk[1].append(line[1:])
        yield from _pairs(subject, hunks)


def _pairs(subject, hunks):
    text = clean_subject(subject) if subject and hunks and len({hunk[0] for hunk in hunks}) <= MAX_FILES else None
    if not text:
        return
    sources = [hunk for hunk in hunks if not TEST_PATH.search(hunk[0]) and not SKIPPED_PATH.search(hunk[0])]
    sources.sort(key=lambda hunk: -min(hunk[2][0], 25))
    for path, lines, _ in sources[:HUNKS]:
        code = "\n".join(lines)[:MAX_HUNK]
        if len(code) > 80 and os.path.splitext(path)[1].lower() in LANGUAGE_OF:
            yield text, path, code
