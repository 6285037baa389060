"""Phrases that several reports share: locations, reasons and counts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Finding, Location, Unread, Verdict

_PART = {
    "ref": "name of the ref",
    "environment": "this session's environment",
    "account": "the pushing account",
    "squash": "message of the squash",
    "title": "title of the request",
    "description": "description of the request",
}

OWNER = "the policy's owner"  # whom to ask if the policy has no contact
_REASON = "Rival AI output must stay out of training and evaluation data"
_REASONS = {
    "pointer-malformed": "The content that is checked must be the content that the pointer names",
    "generator-not-allowed": "The zone allows only rows by the generators that it lists",
}


def format_place(first: Finding, parts: Iterable[str] = ()) -> str:
    """Return the location of a finding: `commit 0123456789ab, rows/b.jsonl, line 4, field answer`.

    Args:
        first: The finding, or the first of several at the same place.
        parts: The parts of the change it was found in, often author and committer; empty for the finding's own.
    """
    names = " and ".join(dict.fromkeys(_PART.get(part, part) for part in parts or (first.part,)))
    has_member = first.place and not (first.line and first.place.startswith("field "))
    within = format_spot(first)
    location = (first.path or names) + (": " if has_member else ", " if within else "") + within
    return f"commit {first.commit[:12]}, {location}" if first.commit else location


def format_spot(spot: Finding | Location) -> str:
    """Return the location of a mark within a file, the line before the field: `b.jsonl, line 4, field answer`."""
    at = spot.place.find("field ") if spot.line else -1
    member, field = (spot.place[:at].removesuffix(", "), spot.place[at:]) if at >= 0 else (spot.place, "")
    return ", ".join(filter(None, (member, f"line {spot.line}" if spot.line else "", field)))


def format_reason(markers: Iterable[str]) -> str:
    """Return why findings of these markers matter, as a sentence without a full stop."""
    distinct = set(markers)
    return _REASONS.get(distinct.pop(), _REASON) if len(distinct) == 1 else _REASON


def format_subject(item: Unread, whole: str = "this run") -> str:
    """Return what could not be read: the path, the commit, or `whole` if it has neither."""
    return item.path or (f"commit {item.commit[:12]}" if item.commit else whole)


def format_count(number: int, noun: str) -> str:
    """Return a number with its noun: `1 finding`, `2 findings`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def format_ruleset(verdict: Verdict) -> str:
    """Return the ruleset and the catalogue of a run."""
    catalogue = f", catalogue {verdict.catalogue}" if verdict.catalogue else ""
    return f"ruleset {verdict.ruleset or 'none'}{catalogue}"


def format_examined(verdict: Verdict) -> str:
    """Return how much was examined: `3 commits, 2 refs, 8 objects`."""
    counts = verdict.examined.collect_counts()
    shown = [
        format_count(counts[name], name[:-1])
        for name in ("commits", "tags", "refs", "paths", "objects")
        if counts[name]
    ]
    if counts["remembered"]:
        shown.append(f"{counts['remembered']} commits and objects known from an earlier check")
    return ", ".join(shown) or "nothing"


def format_part(part: str) -> str:
    """Return the name of a part of a change, for a chart."""
    return _PART.get(part, part)
