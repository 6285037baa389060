"""How reports say where something stands, and how many."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Finding, Verdict

_PART = {
    "ref": "name of the ref",
    "environment": "this session's environment",
    "account": "the account that pushes",
    "squash": "message of the squash",
}


def place(first: Finding, parts: Iterable[str] = ()) -> str:
    """Say where a finding stands; author and committer often are the same, so that it may be in several parts."""
    named = " and ".join(dict.fromkeys(_PART.get(part, part) for part in parts or (first.part,)))
    inside = (first.path or named) + (f": {first.place}" if first.place else "")
    inside += f", line {first.line}" if first.line else ""
    return f"commit {first.commit[:12]}, {inside}" if first.commit else inside


def count(number: int, noun: str) -> str:
    """Say how many."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def examined(verdict: Verdict) -> str:
    """Say how much was looked at."""
    counts = verdict.examined.counts()
    shown = [count(counts[name], name[:-1]) for name in ("commits", "tags", "refs", "paths", "objects") if counts[name]]
    return ", ".join(shown) or "nothing"
