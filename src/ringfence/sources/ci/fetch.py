"""Fetches what the clone of a CI service lacks: revisions, history, file contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import GitError
from ...git.repo import is_zero
from ..history import resolve_revision
from .run_range import ORIGIN

if TYPE_CHECKING:
    from ...git.repo import Repo
    from .run_range import RunRange

# Fetch exactly what is requested: no tags, no submodules, and no FETCH_HEAD, which later steps of the job may use.
_QUIET = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head")
_REMOTE = "origin"


def fetch_missing(repo: Repo, run_range: RunRange) -> None:
    """Fetch what is missing for a range; a revision that can't be fetched is reported later, where it is needed.

    Raises:
        GitError: The full history of a shallow clone can't be fetched.
    """
    if repo.run("rev-parse", "--is-shallow-repository").strip() == b"true":
        repo.run(*_QUIET, "--unshallow", _REMOTE)
    for revision in dict.fromkeys((*run_range.bases[:1], run_range.head, *run_range.policies)):
        if revision and not is_zero(revision) and not resolve_revision(repo, revision):
            _try_fetch(repo, _build_refspec(revision))
    if repo.run("config", "--get-regexp", r"^remote\..*\.promisor$", ok=(0, 1)):
        _fetch_contents(repo, run_range)


def _build_refspec(revision: str) -> str:
    """Return the refspec for a revision: an id as it is, a branch of the remote into its remote-tracking branch."""
    name = revision.removeprefix(ORIGIN)
    if name == revision:
        return revision
    source = name if name == "HEAD" else f"refs/heads/{name}"
    return f"+{source}:{ORIGIN}{name}"


def _fetch_contents(repo: Repo, run_range: RunRange) -> None:
    """Fetch the file contents that a partial clone lacks, in one request."""
    base = next(filter(None, (resolve_revision(repo, base) for base in run_range.bases)), "")
    without = (f"^{base}",) if base else ()
    listed = repo.run("rev-list", "--objects", "--missing=print", run_range.head, *without, ok=(0, 128))
    missing = [line[1:] for line in listed.splitlines() if line.startswith(b"?")]
    if missing:
        _try_fetch(repo, "--filter=blob:none", "--stdin", feed=b"\n".join(missing) + b"\n")


def _try_fetch(repo: Repo, *args: str, feed: bytes | None = None) -> None:
    options, names = [arg for arg in args if arg.startswith("--")], [arg for arg in args if not arg.startswith("--")]
    try:
        repo.run(*_QUIET, *options, _REMOTE, *names, feed=feed)
    except GitError:
        pass  # the code that needs it reports that it is missing, with advice
