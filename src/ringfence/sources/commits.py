"""Commits that are new, with the paths they touch, as git streams them."""

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

    from ..git.objects import CleanCache
    from ..git.process import Child
    from ..git.repo import Repo
    from ..model import Touched

_DIFF = ("-z", "-r", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
_GITLINK = b"160000"


def iter_commits(
    repo: Repo, tips: Iterable[str], without: Sequence[str] = (), memory: Callable[[], CleanCache] | None = None
) -> Iterator[Change]:
    """Yield every commit that is reachable from `tips` and not from `without` (options of rev-list), newest first.

    A merge's paths are those that differ from every parent: what it has from one of them was judged there. Commits
    that the memory knows come first, and without paths.

    Raises:
        GitError: A commit is missing, or git failed.
    """
    wanted = "".join(f"{tip}\n" for tip in tips).encode()
    revisions = _start_rev_list(repo, wanted, without)
    source: BinaryIO = revisions.stdout
    if memory and memory().is_present:
        listed = read_output(revisions, "rev-list").decode().split()
        known = memory().find_clean_commits(listed)
        try:
            source = _write_commit_file(commit for commit in listed if commit not in known)
        except OSError:  # nothing can be written: all of them are judged
            revisions, known = _start_rev_list(repo, wanted, without), {}
            source = revisions.stdout
        yield from (_build_clean_change(commit, tags) for commit, tags in known.items())
    # --always: a commit that touches nothing still has an author and a message.
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
    """Start listing what is reachable from tips, one a line."""
    revisions = repo.start("rev-list", "--stdin", *without, feed=True)
    write_input(revisions, tips, last=True)
    return revisions


def _build_clean_change(commit: str, tags: set[str]) -> Change:
    change = Change("commit", commit)
    change.clean = tags
    return change


def _write_commit_file(commits: Iterable[str]) -> BinaryIO:
    """Return a file for a git to read commits from, one a line."""
    file = os.fdopen(open_anonymous_file(), "w+b")
    file.write("".join(f"{commit}\n" for commit in commits).encode())
    file.seek(0)
    return file


def _read_path(stream: Iterator[bytes]) -> bytes:
    """Return the path behind a record.

    Raises:
        GitError: Git ended before it.
    """
    for path in stream:
        return path
    raise GitError("git ended in the middle of what a commit changes.")


def parse_record(record: bytes, path: bytes) -> Touched:
    """Read a raw record, `:mode mode id id S` or with a colon, a mode and an id for each parent, and its path.

    What was deleted has no object to be read, and a submodule's content is another repository's.
    """
    fields = record.split(b" ")
    parents = len(fields[0]) - len(fields[0].lstrip(b":"))
    mode = fields[parents]
    old, new = fields[parents + 1 : -2], fields[-2]
    content = SUBMODULE if mode == _GITLINK else new.decode() if new.strip(b"0") else ""
    return path, content, tuple(oid.decode() if oid.strip(b"0") else "" for oid in old)


def read_tree(repo: Repo, tree_id: str) -> list[Touched]:
    """Return everything in a tree, as if it were all new."""
    listing = repo.run("ls-tree", "-r", "-z", "--full-tree", tree_id)
    entries = (entry.partition(b"\t") for entry in listing.split(b"\0") if entry)
    return [
        (path, SUBMODULE if fields.startswith(_GITLINK) else fields.split(b" ")[2].decode(), ())
        for fields, _, path in entries
    ]


def start_diff(repo: Repo, *args: str) -> Child:
    """Start a `diff-index`."""
    return repo.start("diff-index", *_DIFF, *args)


def diff_commits(repo: Repo, old: str, new: str) -> list[Touched]:
    """Return what differs between two commits."""
    return read_diff(repo.start("diff-tree", *_DIFF, old, new))


def read_diff(asked: Child) -> list[Touched]:
    """Return what a `diff-index` names."""
    found = iter(iter_tokens(asked.stdout))
    paths = [parse_record(record, _read_path(found)) for record in found]
    check_exit(asked, "diff-index")
    return paths
