"""The repositories to learn from: checkouts and bare clones in one folder, read through git and never checked out.

A folder's name is the repository's, with `+` for the slash (`owner+name`). Left out are those whose licence is not
permissive, and those named in `--exclude` lists: by their whole name, and by the last part of it, which forks keep.
"""

import os
import subprocess
from dataclasses import dataclass

from licences import LICENCE_FILE, licence_of_files

MAX_FILE_BYTES = 300_000


@dataclass
class Repository:
    name: str
    git_folder: str
    commit: str
    licence: str


def git(folder, *args, timeout=120):
    """Bytes that git prints; empty where it fails."""
    command = ["git", "--git-dir", folder, "-c", "core.fsmonitor=false", *args]
    try:
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=timeout).stdout
    except subprocess.TimeoutExpired as late:
        return late.stdout or b""


def read_names(lists):
    names = set()
    for path in lists:
        with open(path, encoding="utf8") as lines:
            names |= {line.strip().lower() for line in lines if line.strip() and not line.startswith("#")}
    return names


def is_excluded(name, excluded):
    last = name.lower().split("/")[-1]
    return name.lower() in excluded or last in {other.split("/")[-1] for other in excluded}


def open_repositories(folder, excluded):
    """(repositories, {name: reason} of what was left out), by name."""
    found, left_out = [], {}
    for entry in sorted(os.listdir(folder)):
        path = os.path.join(folder, entry)
        inner = os.path.join(path, ".git")
        git_folder = inner if os.path.exists(inner) else path
        name = entry.replace("+", "/")
        if is_excluded(name, excluded):
            left_out[name] = "excluded"
            continue
        commit = git(git_folder, "rev-parse", "--verify", "-q", "HEAD").decode().strip()
        if not commit:
            left_out[name] = "not a repository"
            continue
        top = [line.split("\t")[1] for line in git(git_folder, "ls-tree", "HEAD").decode("utf8", "ignore").splitlines()]
        texts = {
            file: git(git_folder, "show", f"HEAD:{file}").decode("utf8", "ignore")
            for file in top
            if LICENCE_FILE.match(file)
        }
        licence = licence_of_files(texts)
        if licence:
            found.append(Repository(name, git_folder, commit, licence))
        else:
            left_out[name] = f"licence ({', '.join(texts) or 'no file'})"
    return found, left_out


def files_of(repository, wanted):
    """(path, text) of every file of the commit that `wanted` accepts by its path; what a partial clone lacks is left out."""
    listing = git(repository.git_folder, "ls-tree", "-r", "-l", "-z", "HEAD").decode("utf8", "ignore").split("\0")
    chosen = []
    for row in filter(None, listing):
        meta, path = row.split("\t", 1)
        mode, kind, digest, size = meta.split()
        if kind == "blob" and mode != "120000" and size.isdigit() and int(size) <= MAX_FILE_BYTES and wanted(path):
            chosen.append((digest, path))
    command = ["git", "--git-dir", repository.git_folder, "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for digest, path in chosen:
            process.stdin.write(digest.encode() + b"\n")
            process.stdin.flush()
            header = process.stdout.readline().split()
            if len(header) < 3:
                continue
            data = process.stdout.read(int(header[2]) + 1)[:-1]
            yield path, data.decode("utf8", "ignore").replace("\r\n", "\n")
        process.stdin.close()
