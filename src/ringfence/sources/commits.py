"""Streams commits out of git, with the paths that they touch."""

from __future__ import annotations

import os

from ..errors import GitError
from ..git.process import open_anonymous_file
from ..git.repo import check_exit, iter_tokens, read_output, write_input
from ..model import SUBMODULE, Change

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import BinaryIO

    from ..git.clean_cache import CleanCache
    from ..git.process import Child
    from ..git.repo import Repo
    from ..model import Touched

_DIFF = ("-z", "-r", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
_GITLINK = b"160000"


def iter_commits(
    repo: Repo, tips: Iterable[str], without: Sequence[str] = (), clean_cache: Callable[[], CleanCache] | None = None
) -> Iterator[Change]:
    """Yield every commit that is reachable from `tips` and not from `without` (options of rev-list), newest first.

    The paths of a merge are those that differ from every parent; the others were checked in a parent. Commits in the
    clean cache come first, and without paths.

    Raises:
        GitError: A commit is missing, or git failed.
    """
    tip_lines = "".join(f"{tip}\n" for tip in tips).encode()
    revisions = _start_rev_list(repo, tip_lines, without)
    source: BinaryIO = revisions.stdout
    if clean_cache and clean_cache().is_present:
        listed = read_output(revisions, "rev-list").decode().split()
        clean = clean_cache().find_clean_commits(listed)
        try:
            source = _write_commit_file(commit for commit in listed if commit not in clean)
        except OSError:  # no temporary file can be written: check all of them
            revisions, clean = _start_rev_list(repo, tip_lines, without), {}
            source = revisions.stdout
        yield from (_build_clean_change(commit, tags) for commit, tags in clean.items())
    # --always: a commit that touches no path still has an author and a message.
    differences = repo.start("diff-tree", "--stdin", "--always", "--root", "-c", *_DIFF, source=source)
    commit = ""
    paths: list[Touched] = []
    stream = iter(iter_tokens(differences.stdout))
    for token in stream:
        if token.startswith(b":"):
            paths.append(parse_record(token, _read_path(stream)))
        else:
            if commit:
                yield Change("commit", commit, paths=paths, raw=True)
            commit, paths = token.decode().strip(), []
    if commit:
        yield Change("commit", commit, paths=paths, raw=True)
    check_exit(differences, "diff-tree")
    if source is revisions.stdout:
        check_exit(revisions, "rev-list")


def _start_rev_list(repo: Repo, tips: bytes, without: Sequence[str]) -> Child:
    """Start a `git rev-list` of the commits reachable from `tips`, one id per line."""
    revisions = repo.start("rev-list", "--stdin", *without, feed=True)
    write_input(revisions, tips, last=True)
    return revisions


def _build_clean_change(commit: str, tags: set[str]) -> Change:
    change = Change("commit", commit)
    change.clean = tags
    return change


def _write_commit_file(commits: Iterable[str]) -> BinaryIO:
    """Return an anonymous file with one commit id per line, to be read by git."""
    file = os.fdopen(open_anonymous_file(), "w+b")
    file.write("".join(f"{commit}\n" for commit in commits).encode())
    file.seek(0)
    return file


def _read_path(stream: Iterator[bytes]) -> bytes:
    """Return the path that follows a record.

    Raises:
        GitError: The stream ends after the record.
    """
    for path in stream:
        return path
    raise GitError("git ended in the middle of a list of changed paths.")


def parse_record(record: bytes, path: bytes) -> Touched:
    """Parse a record of `git diff --raw`: `:mode mode id id status`, with a colon, mode and id for each parent.

    The content of a deleted path is "", and that of a submodule `SUBMODULE` with its commit.
    """
    fields = record.split(b" ")
    parents = len(fields[0]) - len(fields[0].lstrip(b":"))
    mode = fields[parents]
    old, new = fields[parents + 1 : -2], fields[-2]
    content = new.decode() if new.strip(b"0") else ""
    if mode == _GITLINK:
        content = SUBMODULE + content
    return path, content, tuple(oid.decode() if oid.strip(b"0") else "" for oid in old)


def read_tree(repo: Repo, tree_id: str) -> list[Touched]:
    """Return all files of a tree as new paths."""
    listing = repo.run("ls-tree", "-r", "-z", "--full-tree", tree_id)
    entries = (entry.partition(b"\t") for entry in listing.split(b"\0") if entry)
    return [
        (path, (SUBMODULE if fields.startswith(_GITLINK) else "") + fields.split(b" ")[2].decode(), ())
        for fields, _, path in entries
    ]


def start_diff(repo: Repo, *args: str) -> Child:
    """Start a `git diff-index`, to be read by `read_diff`."""
    return repo.start("diff-index", *_DIFF, *args)


def diff_commits(repo: Repo, old: str, new: str) -> list[Touched]:
    """Return the paths that differ between two commits."""
    return read_diff(repo.start("diff-tree", *_DIFF, old, new))


def read_diff(child: Child) -> list[Touched]:
    """Return the paths in the raw output of a diff command.

    Raises:
        GitError: The command failed.
    """
    tokens = iter(iter_tokens(child.stdout))
    paths = [parse_record(record, _read_path(tokens)) for record in tokens]
    check_exit(child, "diff-index")
    return paths
