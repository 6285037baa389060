"""Gerrit, by its hooks plugin: a call for each ref or commit, with arguments instead of stdin, and thirty seconds.

https://gerrit.googlesource.com/plugins/hooks/
"""

from __future__ import annotations

import os

from ..errors import UsageError
from .base import Forge, Occasion

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def occasion(_: Mapping[str, str], arguments: Sequence[str]) -> Occasion:
    """Tell who pushes, from the arguments: they are Gerrit's, and its environment is the daemon's."""
    given = _options(arguments)
    who = given.get("--uploader-username") or given.get("--uploader", "")
    return Occasion(who, given.get("--project", ""), "review" if "--cmdref" in given else "push", limit=30.0)


def line(arguments: Sequence[str]) -> bytes:
    """Return the line of pre-receive's stdin that the arguments stand for.

    Raises:
        UsageError: One that is needed is missing.
    """
    given = _options(arguments)
    try:
        return b" ".join(os.fsencode(given[name]) for name in ("--oldrev", "--newrev", "--refname")) + b"\n"
    except KeyError as missing:
        raise UsageError(f"Gerrit's hook was called without {missing}.") from None


def _options(arguments: Sequence[str]) -> dict[str, str]:
    return dict(zip(arguments[::2], arguments[1::2], strict=False))


# ref-update is called for a push straight to a branch, commit-received for each commit that is sent for review.
FORGE = Forge(
    occasion,
    shared=(
        ("hooks/ref-update", 'gerrit "$@"'),
        ("hooks/commit-received", 'gerrit "$@"'),
    ),
)
