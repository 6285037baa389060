"""How reports say where something stands, and how many."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model import Finding, Location, Unread, Verdict

_PART = {
    "ref": "name of the ref",
    "environment": "this session's environment",
    "account": "the account that pushes",
    "squash": "message of the squash",
    "title": "title of the request",
    "description": "description of the request",
}


_OUT = "What rival tools write must stay out of what feeds a model"
_MATTERS = {
    "pointer-malformed": "What a pointer stands for must be what is judged",
    "generator-not-allowed": "Only what the zone names may have made its rows",
}


def format_place(first: Finding, parts: Iterable[str] = ()) -> str:
    """Say where a finding stands; author and committer often are the same, so that it may be in several parts."""
    named = " and ".join(dict.fromkeys(_PART.get(part, part) for part in parts or (first.part,)))
    has_member = first.place and not (first.line and first.place.startswith("field "))
    within = format_spot(first)
    whole = (first.path or named) + (": " if has_member else ", " if within else "") + within
    return f"commit {first.commit[:12]}, {whole}" if first.commit else whole


def format_spot(spot: Finding | Location) -> str:
    """Say where in a file a mark stands; the line comes before the field: `b.jsonl, line 4, field answer`."""
    at = spot.place.find("field ") if spot.line else -1
    member, field = (spot.place[:at].removesuffix(", "), spot.place[at:]) if at >= 0 else (spot.place, "")
    return ", ".join(filter(None, (member, f"line {spot.line}" if spot.line else "", field)))


def format_reason(markers: Iterable[str]) -> str:
    """Say why findings of these markers matter."""
    different = set(markers)
    return _MATTERS.get(different.pop(), _OUT) if len(different) == 1 else _OUT


def format_subject(item: Unread, whole: str = "this run") -> str:
    """Say what could not be read; what has neither path nor commit is the whole of it."""
    return item.path or (f"commit {item.commit[:12]}" if item.commit else whole)


def format_count(number: int, noun: str) -> str:
    """Say how many."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def format_ruleset(verdict: Verdict) -> str:
    """Say by what was judged."""
    catalogue = f", catalogue {verdict.catalogue}" if verdict.catalogue else ""
    return f"ruleset {verdict.ruleset or 'none'}{catalogue}"


def format_examined(verdict: Verdict) -> str:
    """Say how much was looked at."""
    counts = verdict.examined.collect_counts()
    shown = [
        format_count(counts[name], name[:-1])
        for name in ("commits", "tags", "refs", "paths", "objects")
        if counts[name]
    ]
    if counts["remembered"]:
        shown.append(f"{counts['remembered']} commits and objects known to be clean")
    return ", ".join(shown) or "nothing"


def format_part(part: str) -> str:
    """Say in which part of a change something stands, for a chart."""
    return _PART.get(part, part) if part != "unread" else "not read"
