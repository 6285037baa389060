"""Gerrit, by its hooks plugin: a call for each ref or commit, with arguments instead of stdin, and thirty seconds.

https://gerrit.googlesource.com/plugins/hooks/
"""

from __future__ import annotations

import os

from ...errors import UsageError
from .base import Forge, Occasion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...git.repo import Repo


def occasion(_: Mapping[str, str], arguments: Sequence[str]) -> Occasion:
    """Tell who pushes, from the arguments: they are Gerrit's, and its environment is the daemon's."""
    given = _options(arguments)
    names = ("--uploader-username", "--uploader", "--submitter-username", "--submitter")
    who = next(filter(None, map(given.get, names)), "")
    return Occasion(who, given.get("--project", ""), is_known="--submitter" in given, limit=30.0)


def line(repo: Repo, arguments: Sequence[str]) -> bytes:
    """Return the line of pre-receive's stdin that the arguments stand for.

    Raises:
        UsageError: One that is needed is missing.
    """
    given = _options(arguments)
    try:
        if "--submitter" in given:
            given |= _submitted(repo, given["--branch"], given["--commit"])
        return b" ".join(os.fsencode(given[name]) for name in ("--oldrev", "--newrev", "--refname")) + b"\n"
    except KeyError as missing:
        raise UsageError(f"Gerrit's hook was called without {missing}.") from None


def _submitted(repo: Repo, branch: str, commit: str) -> dict[str, str]:
    """Return what a submit does to its branch, in the words of a push."""
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    tip = repo.run("rev-parse", "--verify", "--quiet", ref, ok=(0, 1)).decode().strip()
    return {"--oldrev": tip or "0" * len(commit), "--newrev": commit, "--refname": ref}


def _options(arguments: Sequence[str]) -> dict[str, str]:
    return dict(zip(arguments[::2], arguments[1::2], strict=False))


# ref-update is called for a push straight to a branch, commit-received for each commit that is sent for review, submit
# before a reviewed one is merged: it may be older than the gate, or than its policy.
FORGE = Forge(
    occasion,
    shared=(
        ("hooks/ref-update", 'gerrit "$@"'),
        ("hooks/commit-received", 'gerrit "$@"'),
        ("hooks/submit", 'gerrit "$@"'),
    ),
)
