"""Commits that exist already, for audits and CI: the whole history, or a range."""

from __future__ import annotations

import os
import re

from ..errors import GitError, IncompleteError
from .receive import iter_new_changes
from .refs import QUARANTINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..git.objects import Objects
    from ..git.repo import Repo
    from ..model import Change
    from .refs import Update

_LATEST = 253_402_300_799  # 9999-12-31 23:59:59 UTC, in seconds since 1970


def list_all_refs(repo: Repo, *, may_be_empty: bool = False) -> list[Update]:
    """Return every ref as a new one, and a detached HEAD; quarantined refs are left out.

    Raises:
        IncompleteError: The clone is shallow, or there is no ref and it may not be empty.
    """
    _refuse_shallow(repo, ["--all"])
    listing = repo.run("for-each-ref", "--format=%(objectname) %(refname)")
    pairs = (line.partition(b" ") for line in listing.splitlines())
    refs: list[Update] = [("", oid.decode(), ref) for oid, _, ref in pairs if not ref.startswith(QUARANTINE)]
    head = resolve_revision(repo, "HEAD")
    if head and head not in {oid for _, oid, _ in refs}:
        refs.append(("", head, b"HEAD"))
    if not refs and not may_be_empty:
        raise IncompleteError("the repository has no commits: nothing to check.")
    return refs


def iter_range_changes(
    repo: Repo, objects: Objects, base: str, head: str, *, may_be_empty: bool = False
) -> Iterator[Change]:
    """Yield the changes reachable from `head` and not from `base`; with base "", the whole history of `head`.

    Raises:
        IncompleteError: A revision doesn't exist here, the clone is shallow, or the range is empty.
        GitError: A name can't be a revision, or git failed.
    """
    tip, start = require_revision(repo, head), require_revision(repo, base, "^{commit}") if base else ""
    without = ("--not", start) if start else ()
    _refuse_shallow(repo, [tip, *without])
    is_empty = True
    for change in iter_new_changes(repo, objects, [("", tip, b"")], without):
        if change.kind == "ref":
            continue  # a range has no ref name
        is_empty = False
        yield change
    if is_empty and not may_be_empty:
        raise IncompleteError(
            f"no commits between {base or 'the beginning'} and {head}: nothing was checked.",
            "Give the range to check.",
        )


def count_commits(repo: Repo, base: str = "", head: str = "--all") -> int:
    """Return the number of commits reachable from `head` and not from `base`."""
    return int(repo.run("rev-list", "--count", head, *([f"^{base}"] if base else []), "--"))


def require_revision(repo: Repo, revision: str, as_a: str = "^{object}") -> str:
    """Return the id of a revision, or of the commit that it leads to (`^{commit}`).

    Raises:
        IncompleteError: The revision doesn't exist here.
    """
    if oid := resolve_revision(repo, revision, as_a):
        return oid
    is_shallow = repo.run("rev-parse", "--is-shallow-repository").strip() == b"true"
    raise IncompleteError(
        f"{revision.removeprefix('refs/remotes/')} isn't in this clone.",
        "Fetch it: git fetch --unshallow, or full history in CI (fetch-depth: 0)."
        if is_shallow
        else "Check its spelling, or fetch it: git fetch --all.",
    )


def refuse_ambiguous(repo: Repo, revision: str) -> None:
    """Check that a revision that somebody typed doesn't name a tag and a branch, of which git would take the tag.

    Raises:
        IncompleteError: It does.
    """
    name = re.split(r"[~^:@*?\[]", revision)[0]
    places = [f"refs/{folder}/{name}" for folder in ("tags", "heads", "remotes")]
    found = repo.run("for-each-ref", "--format=%(refname)", *places).decode("utf-8", "replace").splitlines()
    if len(named := [ref for ref in found if ref in places]) > 1:
        raise IncompleteError(f"{name} is a tag and a branch here.", f"Give its full name: {' or '.join(named)}.")


def resolve_revision(repo: Repo, revision: str, as_a: str = "^{object}") -> str:
    """Return the id of a revision, or "" if it doesn't exist here.

    Raises:
        GitError: The revision looks like an option.
    """
    if revision.startswith("-"):
        raise GitError(f"{revision!r} is not a revision.")
    output = repo.run("rev-parse", "--quiet", "--verify", f"{revision}{as_a}", ok=(0, 1, 128))
    return output.decode().strip()


def read_commit_times(repo: Repo, commits: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return the dates of commits as (id, seconds since 1970); ids that aren't commits are left out.

    A date behind the year 9999, which a commit may claim and Python doesn't know, is that year's end.
    """
    lines = "".join(f"{oid}\n" for oid in dict.fromkeys(commits))
    options = ("--no-walk=unsorted", "--ignore-missing", "--timestamp", "--stdin")
    listed = repo.run("rev-list", *options, feed=lines.encode()) if lines else b""
    rows = (line.split(" ") for line in listed.decode().splitlines())
    return tuple((oid, min(int(seconds), _LATEST)) for seconds, oid in rows)


def read_authors(repo: Repo, commits: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the authors' names of commits as (id, name)."""
    lines = "".join(f"{oid}\n" for oid in commits)
    options = ("--no-walk=unsorted", "--no-show-signature", "--no-notes", "--encoding=UTF-8", "-z", "--format=%H %an")
    listed = repo.run("log", *options, "--stdin", feed=lines.encode()) if lines else b""
    rows = (row.strip(b"\n").partition(b" ") for row in listed.split(b"\0"))
    return tuple((oid.decode(), name.decode("utf-8", "replace")) for oid, _, name in rows if oid)


def _refuse_shallow(repo: Repo, revisions: list[str]) -> None:
    """Check that no revision reaches the boundary of a shallow clone: git silently stops there.

    Raises:
        IncompleteError: One does, so that commits are hidden.
    """
    if repo.run("rev-parse", "--is-shallow-repository").strip() != b"true":
        return
    path = repo.run("rev-parse", "--git-path", "shallow").decode().rstrip("\n")
    with open(os.path.join(repo.directory or "", path), encoding="ascii") as file:
        boundary = set(file.read().split())
    reached = boundary.intersection(repo.run("rev-list", *revisions).decode().split())
    if reached:
        raise IncompleteError(
            f"this clone is shallow and lacks the commits before {min(reached)[:12]}.",
            "Fetch the whole history: git fetch --unshallow, or fetch-depth: 0 (GitHub), GIT_DEPTH: 0 (GitLab).",
        )
