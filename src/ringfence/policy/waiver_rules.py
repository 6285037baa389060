"""Whose word lets a finding pass: the approvers of each tag, the longest time, and which waivers can't be used."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .inputs import Layer
    from .schema.policy_file import PolicyFile
    from .schema.waiver_file import Waiver

DAYS = 90  # where the organisation says nothing


@dataclass
class WaiverRules:
    """What the organisation's layers say of waivers, and the waivers themselves with where they stand."""

    approvers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    emergency: tuple[str, ...] | None = None
    days: int | None = None
    waivers: list[tuple[str, Waiver]] = field(default_factory=list)

    def iter_rows(self) -> Iterator[tuple[str, ...]]:
        """Yield everything as rows of a plan."""
        yield "days", str(self.days or DAYS)
        yield from (("approver", tag, person) for tag, people in self.approvers.items() for person in people)
        yield from (("emergency", person) for person in self.emergency or ())
        for origin, item in self.waivers:
            named = (item.finding or "", item.commit or "", item.tag, item.ticket)
            yield ("waiver", *named, item.until.isoformat(), self.find_fault(item), origin)

    def find_fault(self, item: Waiver) -> str:
        """Say why a waiver can't be used whatever the day, or ""."""
        if is_same_person(item.requested_by, item.approved_by):
            return f"{item.approved_by} asked for it and approved it"
        if not any(is_same_person(item.approved_by, person) for person in self.approvers.get(item.tag, ())):
            return f"{item.approved_by} isn't an approver of {item.tag}"
        return ""


def merge_waivers(word: WaiverRules, layer: Layer, file: PolicyFile) -> list[str]:
    """Take what a layer says of waivers; the first that may say it settles it. Return the mistakes.

    A repository's file, and a layer that somebody on the other side of the gate could have named, may say nothing.
    """
    mistakes = []
    for key, given in _iter_settings(file):
        if layer.kind == "repository" or not layer.settles:
            mistakes.append(f"{layer.origin}: {key}: only the organisation's policy can say it")
        elif not _apply_setting(word, key, given):
            mistakes.append(f"{layer.origin}: {key}: an earlier layer settled it, and a later one can only tighten")
    if not mistakes:
        word.waivers += [(layer.origin, item) for item in file.waiver]
    return mistakes


def _iter_settings(file: PolicyFile) -> Iterator[tuple[str, object]]:
    yield from ((f"tag.{name}.approvers", tag.approvers) for name, tag in file.tag.items() if tag.approvers is not None)
    for key, given in (("waivers.days", file.waivers.days), ("waivers.emergency", file.waivers.emergency)):
        if given is not None:
            yield key, given
    if file.waiver:
        yield "waiver", None


def _apply_setting(word: WaiverRules, key: str, given: object) -> bool:
    """Take what is said first, or what tightens it; say whether it was taken."""
    if isinstance(given, int):
        taken = word.days is None or given <= word.days
        word.days = given if taken else word.days
        return taken
    if not isinstance(given, tuple):
        return True
    if key == "waivers.emergency":
        taken = word.emergency is None or set(given) <= set(word.emergency)
        word.emergency = given if taken else word.emergency
        return taken
    tag = key.split(".")[1]
    taken = tag not in word.approvers or set(given) <= set(word.approvers[tag])
    if taken:
        word.approvers[tag] = given
    return taken


def is_same_person(one: str, other: str) -> bool:
    """Say whether two names are one person's; case and blanks don't count."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
