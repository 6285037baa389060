"""Gerrit with its hooks plugin: one call for each ref or commit, arguments instead of stdin, a limit of 30 seconds.

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
    """Return the context of a push from the arguments; the environment is that of Gerrit's daemon."""
    options = _parse_options(arguments)
    names = ("--uploader-username", "--uploader", "--submitter-username", "--submitter")
    account = next(filter(None, map(options.get, names)), "")
    return PushContext(account, options.get("--project", ""), is_stored="--submitter" in options, limit=30.0)


def build_update_line(repo: Repo, arguments: Sequence[str]) -> bytes:
    """Return the arguments of a call as a line of pre-receive's stdin.

    Raises:
        UsageError: A required argument is missing.
    """
    options = _parse_options(arguments)
    try:
        if "--submitter" in options:
            options |= _resolve_submit(repo, options["--branch"], options["--commit"])
        return b" ".join(os.fsencode(options[name]) for name in ("--oldrev", "--newrev", "--refname")) + b"\n"
    except KeyError as missing:
        raise UsageError(f"Gerrit's hook was called without {missing}.") from None


def _resolve_submit(repo: Repo, branch: str, commit: str) -> dict[str, str]:
    """Return the ref update of a submit, with the option names of a push."""
    ref = branch if branch.startswith("refs/") else f"refs/heads/{branch}"
    tip = repo.run("rev-parse", "--verify", "--quiet", ref, ok=(0, 1)).decode().strip()
    return {"--oldrev": tip or "0" * len(commit), "--newrev": commit, "--refname": ref}


def _parse_options(arguments: Sequence[str]) -> dict[str, str]:
    return dict(zip(arguments[::2], arguments[1::2], strict=False))


# ref-update is called for a direct push to a branch, commit-received for each commit sent for review, and submit before
# a reviewed commit is merged, which may be older than the gate or its policy.
FORGE = Forge(
    parse_push_context,
    shared=(
        ("hooks/ref-update", 'gerrit "$@"'),
        ("hooks/commit-received", 'gerrit "$@"'),
        ("hooks/submit", 'gerrit "$@"'),
    ),
)
