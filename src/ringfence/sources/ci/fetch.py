"""Fetches what a CI service's clone leaves out: commits that a run is about, history, file contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import GitError
from ...git.repo import is_zero
from ..history import resolve_revision

if TYPE_CHECKING:
    from ...git.repo import Repo
    from .run_range import RunRange

# Nothing but what was asked for: no tags, no submodules, no FETCH_HEAD that somebody could take for ours.
_QUIET = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
_REMOTE = "origin"


def fetch_missing(repo: Repo, about: RunRange) -> None:
    """Fetch what is missing for a range; what can't be had is missed later, and told there.

    Raises:
        GitError: The history that this clone hides can't be fetched.
    """
    if repo.run("rev-parse", "--is-shallow-repository").strip() == b"true":
        repo.run(*_QUIET, "--unshallow", _REMOTE)
    for revision in dict.fromkeys((*about.bases[:1], about.head, *about.policies)):
        if revision and not is_zero(revision) and not resolve_revision(repo, revision):
            _try_fetch(repo, _build_refspec(revision))
    if repo.run("config", "--get-regexp", r"^remote\..*\.promisor$", ok=(0, 1)):
        _fetch_contents(repo, about)


def _build_refspec(revision: str) -> str:
    """Return how a revision is fetched: a branch of the origin to where clones keep it, an id as it is."""
    name = revision.removeprefix(f"{_REMOTE}/")
    if name == revision:
        return revision
    source = name if name == "HEAD" else f"refs/heads/{name}"
    return f"+{source}:refs/remotes/{_REMOTE}/{name}"


def _fetch_contents(repo: Repo, about: RunRange) -> None:
    """Fetch the file contents that a partial clone left out, all at once."""
    base = next(filter(None, (resolve_revision(repo, base) for base in about.bases)), "")
    without = (f"^{base}",) if base else ()
    listed = repo.run("rev-list", "--objects", "--missing=print", about.head, *without, ok=(0, 128))
    missing = [line[1:] for line in listed.splitlines() if line.startswith(b"?")]
    if missing:
        _try_fetch(repo, "--filter=blob:none", "--stdin", feed=b"\n".join(missing) + b"\n")


def _try_fetch(repo: Repo, *args: str, feed: bytes | None = None) -> None:
    options, names = [arg for arg in args if arg.startswith("--")], [arg for arg in args if not arg.startswith("--")]
    try:
        repo.run(*_QUIET, *options, _REMOTE, *names, feed=feed)
    except GitError:
        pass  # who needs it says that it isn't there, and what to do
