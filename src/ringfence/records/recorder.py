"""Writes what the gate decides into the ledger; loaded only where one is kept, or somebody waives by hand."""

from __future__ import annotations

import os

from .. import __version__
from ..errors import ExitCode, RingfenceError
from ..values import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..model import Finding, Verdict
    from ..repository import Repository

    Updates = list[tuple[str, str, bytes]]

_PEOPLE = ("identity", "trailer", "account", "address")  # kinds of marker whose text names an account
_LEFT_OUT = ("why", "also")  # the catalogue says it; the first place is enough


def record_verdict(
    place: Repository, kind: str, reached: Verdict, updates: Updates, commits: list[str], account: str,
    told: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Record a verdict before anybody acts on it; `account` is who brought it, `told` what else belongs to the entry.

    Raises:
        LedgerError: It can't be written, and so must not count.
    """
    from .ledger import Decision, append_entry

    body = build_verdict_body(reached, updates, commits, excerpts=place.can_store_excerpts) | dict(told or {})
    append_entry(place.ledger, Decision(kind, account or get_login(), place.name, reached.outcome, body))


def record_failure(place: Repository, kind: str, updates: Updates, error: Exception, account: str) -> None:
    """Record as well as can be that an error refused; the refusal stands whatever becomes of this."""
    from .ledger import Decision, append_entry

    code = error.code if isinstance(error, RingfenceError) else ExitCode.BUG
    body = {"refs": build_ref_rows(updates), "code": code, "reason": str(error) or type(error).__name__}
    try:
        append_entry(place.ledger, Decision(kind, account or get_login(), place.name, "error", body))
    except Exception:  # noqa: BLE001 - what is told is the error that was there first
        return


def get_login() -> str:
    """Return the name of the user whose process we are, which no variable can change."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def build_verdict_body(
    verdict: Verdict, updates: Iterable[tuple[str, str, bytes]], commits: Iterable[str], *, excerpts: bool = True
) -> dict[str, Any]:
    """Return a verdict as the body of an entry; without `excerpts`, nothing of what people wrote is in it.

    `updates` are the refs as (old id, new id, name).
    """
    return {
        "version": __version__,
        "ruleset": verdict.ruleset,
        "tags": list(verdict.tags),
        "refs": build_ref_rows(updates),
        "commits": list(commits),
        "findings": [_build_finding_row(finding, excerpts=excerpts) for finding in verdict.findings],
        "unread": [fields(item) for item in verdict.unread],
        "examined": verdict.examined.collect_counts(),
    }


def build_ref_rows(updates: Iterable[tuple[str, str, bytes]]) -> list[dict[str, str]]:
    """Return refs as (old id, new id, name) as the body of an entry holds them."""
    return [{"ref": ref.decode("utf-8", "backslashreplace"), "old": old, "new": new} for old, new, ref in updates]


def _build_finding_row(finding: Finding, *, excerpts: bool) -> dict[str, Any]:
    kept = {name: held for name, held in fields(finding).items() if name not in _LEFT_OUT}
    return kept | ({"account": _find_account(finding)} if excerpts else {"excerpt": "", "account": ""})


def _find_account(finding: Finding) -> str:
    """Return the account that a tool worked under, as an identity or a trailer names it, or ""."""
    if finding.kind not in _PEOPLE:
        return ""
    address = finding.excerpt.rpartition("<")[2].partition(">")
    return address[0] if address[1] else finding.excerpt if finding.kind == "account" else ""
