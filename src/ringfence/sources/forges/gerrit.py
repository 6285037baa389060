"""Gerrit, by its hooks plugin: a call for each ref or commit, with arguments instead of stdin, and thirty seconds.

https://gerrit.googlesource.com/plugins/hooks/
"""

from __future__ import annotations

import os

from ...errors import UsageError
from .base import Forge, PushContext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...git.repo import Repo


def parse_push_context(_: Mapping[str, str], arguments: Sequence[str]) -> PushContext:
    """Tell who pushes, from the arguments: they are Gerrit's, and its environment is the daemon's."""
    given = _parse_options(arguments)
    names = ("--uploader-username", "--uploader", "--submitter-username", "--submitter")
    who = next(filter(None, map(given.get, names)), "")
    return PushContext(who, given.get("--project", ""), is_known="--submitter" in given, limit=30.0)


def build_update_line(repo: Repo, arguments: Sequence[str]) -> bytes:
    """Return the line of pre-receive's stdin that the arguments stand for.

    Raises:
        UsageError: One that is needed is missing.
    """
    given = _parse_options(arguments)
    try:
        if "--submitter" in given:
            given |= _resolve_submit(repo, given["--branch"], given["--commit"])
        return b" ".join(os.fsencode(given[name]) for name in ("--oldrev", "--newrev", "--refname")) + b"\n"
    except KeyError as missing:
        raise UsageError(f"Gerrit's hook was called without {missing}.") from None


def _resolve_submit(repo: Repo, branch: str, commit: str) -> dict[str, str]:
    """Return what a submit does to its branch, in the words of a push."""
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    tip = repo.run("rev-parse", "--verify", "--quiet", ref, ok=(0, 1)).decode().strip()
    return {"--oldrev": tip or "0" * len(commit), "--newrev": commit, "--refname": ref}


def _parse_options(arguments: Sequence[str]) -> dict[str, str]:
    return dict(zip(arguments[::2], arguments[1::2], strict=False))


# ref-update is called for a push straight to a branch, commit-received for each commit that is sent for review, submit
# before a reviewed one is merged: it may be older than the gate, or than its policy.
FORGE = Forge(
    parse_push_context,
    shared=(
        ("hooks/ref-update", 'gerrit "$@"'),
        ("hooks/commit-received", 'gerrit "$@"'),
        ("hooks/submit", 'gerrit "$@"'),
    ),
)
