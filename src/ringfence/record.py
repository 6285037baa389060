"""Writes what the gate decides into the ledger; loaded only where one is kept, or somebody waives by hand."""

from __future__ import annotations

import os

from .errors import ExitCode, RingfenceError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .model import Verdict
    from .place import Place
    from .policy.plan import Plan

    Updates = list[tuple[str, str, bytes]]


def verdict(
    place: Place, kind: str, reached: Verdict, updates: Updates, commits: list[str], account: str,
    told: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Record a verdict before anybody acts on it; `account` is who brought it, `told` what else belongs to the entry.

    Raises:
        LedgerError: It can't be written, and so must not count.
    """
    from .decisions import of_verdict
    from .ledger import Decision, append

    body = of_verdict(reached, updates, commits, excerpts=place.keeps_excerpts) | dict(told or {})
    append(place.ledger, Decision(kind, account or login(), place.name, reached.outcome, body))


def failure(place: Place, kind: str, updates: Updates, error: Exception, account: str) -> None:
    """Record as well as can be that an error refused; the refusal stands whatever becomes of this."""
    from .decisions import of_refs
    from .ledger import Decision, append

    code = error.code if isinstance(error, RingfenceError) else ExitCode.BUG
    body = {"refs": of_refs(updates), "code": code, "reason": str(error) or type(error).__name__}
    try:
        append(place.ledger, Decision(kind, account or login(), place.name, "error", body))
    except Exception:  # noqa: BLE001 - what is told is the error that was there first
        return


def overridden(place: Place, plan: Plan, reached: Verdict, account: str) -> tuple[Verdict, str] | None:
    """Let a listed account waive what was found; return the verdict and what the record calls it, None if none asks.

    Raises:
        UsageError: The account isn't listed, or no record would be kept.
    """
    from .waivers import by_hand

    waived = by_hand(reached, plan, account, os.environ)
    if waived is reached:
        return None
    if not place.ledger:
        raise UsageError("a waiver by push option must be recorded, and no ledger is kept here.")
    return waived, "override"


def login() -> str:
    """Return the name of the user whose process we are, which no variable can change."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
