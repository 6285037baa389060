"""Writes decisions into the ledger; loaded only where a ledger is configured, or a decision is made by hand."""

from __future__ import annotations

import os

from .. import __version__
from ..errors import ExitCode, RingfenceError
from ..sources.forges.plain import get_login
from ..values import fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from ..model import Finding, Verdict
    from ..repository import Repository

    Updates = list[tuple[str, str, bytes]]

_PEOPLE = ("identity", "trailer", "account", "address")  # kinds of marker whose text names an account
_OMITTED = ("why", "also", "origin")  # `why` is in the catalogue, and the first repository of a mark is enough


def record_verdict(
    repository: Repository, kind: str, verdict: Verdict, updates: Updates, commits: list[str], account: str,
    extra: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Record a verdict before it takes effect.

    Args:
        repository: The repository.
        kind: What was decided upon: push, ci, release …
        verdict: The verdict.
        updates: The refs, as (old id, new id, name).
        commits: Ids of the commits that were judged.
        account: Who pushed, or "" for the user who runs this process.
        extra: Further fields of the entry's body.

    Raises:
        LedgerError: The entry can't be written, so the verdict must not take effect.
    """
    from .ledger import Decision, append_entry

    body = build_verdict_body(verdict, updates, commits, excerpts=repository.can_store_excerpts) | dict(extra or {})
    append_entry(repository.ledger, Decision(kind, get_actor(account), repository.name, verdict.outcome, body))


def record_failure(
    repository: Repository, kind: str, updates: Updates, error: Exception, account: str,
    extra: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Record, if possible, that an error ended a check; what follows doesn't depend on it.

    `extra` are further fields of the entry's body: `observed`, where the action passed all the same.
    """
    from .ledger import Decision, append_entry

    code = error.code if isinstance(error, RingfenceError) else ExitCode.BUG
    body = {"refs": build_ref_rows(updates), "code": code, "reason": str(error) or type(error).__name__}
    body |= dict(extra or {})
    try:
        append_entry(repository.ledger, Decision(kind, get_actor(account), repository.name, "error", body))
    except Exception:  # noqa: BLE001 - the first error is the one to report
        return


def get_actor(account: str = "") -> str:
    """Return who an entry names: the account, else the login of the user who runs this process, else the user's id."""
    return account or get_login() or str(os.getuid())


def build_verdict_body(
    verdict: Verdict, updates: Iterable[tuple[str, str, bytes]], commits: Iterable[str], *, excerpts: bool = True
) -> dict[str, Any]:
    """Return a verdict as the body of an entry; `excerpts=False` leaves out what people wrote.

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
        **({"observed": list(verdict.observed)} if verdict.observed else {}),
    }


def build_ref_rows(updates: Iterable[tuple[str, str, bytes]]) -> list[dict[str, str]]:
    """Return updates, (old id, new id, name) each, as the rows of an entry's body."""
    return [{"ref": ref.decode("utf-8", "backslashreplace"), "old": old, "new": new} for old, new, ref in updates]


def _build_finding_row(finding: Finding, *, excerpts: bool) -> dict[str, Any]:
    row = {name: value for name, value in fields(finding).items() if name not in _OMITTED}
    row |= {"origin": fields(finding.origin)} if finding.origin else {}
    return row | ({"account": _find_account(finding)} if excerpts else {"excerpt": "", "account": ""})


def _find_account(finding: Finding) -> str:
    """Return the account that an identity or a trailer names (the address in angle brackets), or ""."""
    if finding.kind not in _PEOPLE:
        return ""
    address = finding.excerpt.rpartition("<")[2].partition(">")
    return address[0] if address[1] else finding.excerpt if finding.kind == "account" else ""
