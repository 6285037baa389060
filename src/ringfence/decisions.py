"""What the ledger keeps of a verdict."""

from __future__ import annotations

from . import __version__
from .values import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from .model import Finding, Verdict

_PEOPLE = ("identity", "trailer", "account", "address")  # kinds of marker whose text names an account
_LEFT_OUT = ("why", "also")  # the catalogue says it; the first place is enough


def of_verdict(
    verdict: Verdict, updates: Iterable[tuple[str, str, bytes]], commits: Iterable[str], *, excerpts: bool = True
) -> dict[str, Any]:
    """Return a verdict as the body of an entry; without `excerpts`, nothing of what people wrote is in it.

    `updates` are the refs as (old id, new id, name).
    """
    return {
        "version": __version__,
        "ruleset": verdict.ruleset,
        "tags": list(verdict.tags),
        "refs": of_refs(updates),
        "commits": list(commits),
        "findings": [_finding(finding, excerpts=excerpts) for finding in verdict.findings],
        "unread": [fields(item) for item in verdict.unread],
        "examined": verdict.examined.counts(),
    }


def of_refs(updates: Iterable[tuple[str, str, bytes]]) -> list[dict[str, str]]:
    """Return refs as (old id, new id, name) as the body of an entry holds them."""
    return [{"ref": ref.decode("utf-8", "backslashreplace"), "old": old, "new": new} for old, new, ref in updates]


def _finding(finding: Finding, *, excerpts: bool) -> dict[str, Any]:
    kept = {name: held for name, held in fields(finding).items() if name not in _LEFT_OUT}
    return kept | ({"account": _account(finding)} if excerpts else {"excerpt": "", "account": ""})


def _account(finding: Finding) -> str:
    """Return the account that a tool worked under, as an identity or a trailer names it, or ""."""
    if finding.kind not in _PEOPLE:
        return ""
    address = finding.excerpt.rpartition("<")[2].partition(">")
    return address[0] if address[1] else finding.excerpt if finding.kind == "account" else ""
