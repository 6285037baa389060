"""What is there already: everything reachable, or a range. For audits and for CI."""

from __future__ import annotations

import os

from ..errors import GitError, IncompleteError
from .receive import iter_new_changes as received
from .refs import QUARANTINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..git.objects import Objects
    from ..git.repo import Repo
    from ..model import Change
    from .refs import Update


def list_all_refs(repo: Repo) -> list[Update]:
    """Return every ref there is, as if it were new, and a HEAD that is on none of them; not what was put aside.

    Raises:
        IncompleteError: There is no ref, or a clone's depth hides commits.
    """
    _refuse_shallow(repo, ["--all"])
    listing = repo.run("for-each-ref", "--format=%(objectname) %(refname)")
    pairs = (line.partition(b" ") for line in listing.splitlines())
    refs: list[Update] = [("", oid.decode(), ref) for oid, _, ref in pairs if not ref.startswith(QUARANTINE)]
    head = resolve_revision(repo, "HEAD")
    if head and head not in {oid for _, oid, _ in refs}:
        refs.append(("", head, b"HEAD"))  # detached
    if not refs:
        raise IncompleteError("the repository has no commit: there is nothing to check.")
    return refs


def iter_range_changes(
    repo: Repo, objects: Objects, base: str, head: str, *, may_be_empty: bool = False
) -> Iterator[Change]:
    """Yield what `head` has and `base` does not ("": everything of head).

    Raises:
        IncompleteError: A clone's depth hides commits, or there is nothing between the two.
        GitError: One of them doesn't exist.
    """
    tip, start = require_revision(repo, head), require_revision(repo, base, "^{commit}") if base else ""
    without = ("--not", start) if start else ()
    _refuse_shallow(repo, [tip, *without])
    empty = True
    for change in received(repo, objects, [("", tip, b"")], without):
        if change.kind == "ref":
            continue  # a range has no name
        empty = False
        yield change
    if empty and not may_be_empty:
        raise IncompleteError(
            f"there is no commit between {base or 'the beginning'} and {head}: nothing was checked.",
            "Give the range that is to be checked.",
        )


def count_commits(repo: Repo, base: str = "", head: str = "--all") -> int:
    """Return how many commits `head` has and `base` does not."""
    return int(repo.run("rev-list", "--count", head, *([f"^{base}"] if base else []), "--"))


def require_revision(repo: Repo, revision: str, as_a: str = "^{object}") -> str:
    """Return the id of a revision that was named, or of the commit that it is in the end (`^{commit}`).

    Raises:
        IncompleteError: There is no such thing here.
    """
    if oid := resolve_revision(repo, revision, as_a):
        return oid
    is_shallow = repo.run("rev-parse", "--is-shallow-repository").strip() == b"true"
    raise IncompleteError(
        f"{revision} isn't in this clone.",
        "Fetch it: git fetch --unshallow, or full history in CI (fetch-depth: 0)."
        if is_shallow
        else "See how it is written, or fetch it: git fetch --all.",
    )


def resolve_revision(repo: Repo, revision: str, as_a: str = "^{object}") -> str:
    """Return the id of a revision, or "" when there is no such thing here."""
    if revision.startswith("-"):
        raise GitError(f"{revision!r} is no revision.")
    printed = repo.run("rev-parse", "--quiet", "--verify", f"{revision}{as_a}", ok=(0, 1, 128))
    return printed.decode().strip()


def read_commit_times(repo: Repo, commits: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return when commits were made, as (id, seconds since 1970); what isn't a commit is left out."""
    asked = "".join(f"{oid}\n" for oid in dict.fromkeys(commits))
    options = ("--no-walk=unsorted", "--ignore-missing", "--timestamp", "--stdin")
    listed = repo.run("rev-list", *options, feed=asked.encode()) if asked else b""
    return tuple((oid, int(seconds)) for seconds, oid in (line.split(" ") for line in listed.decode().splitlines()))


def _refuse_shallow(repo: Repo, revisions: list[str]) -> None:
    """Refuse what reaches a shallow clone's edge: behind it git shows nothing, and says nothing."""
    if repo.run("rev-parse", "--is-shallow-repository").strip() != b"true":
        return
    path = repo.run("rev-parse", "--git-path", "shallow").decode().rstrip("\n")
    with open(os.path.join(repo.directory or "", path), encoding="ascii") as file:
        edge = set(file.read().split())
    hidden = edge.intersection(repo.run("rev-list", *revisions).decode().split())
    if hidden:
        raise IncompleteError(
            f"this clone is shallow and hides the commits behind {min(hidden)[:12]}.",
            "Fetch the whole history: git fetch --unshallow, or fetch-depth: 0 (GitHub), GIT_DEPTH: 0 (GitLab).",
        )
