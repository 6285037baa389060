"""Merges what layers set about waivers: who may approve them, for how long, and the waivers themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .inputs import Layer
    from .schema.policy_file import PolicyFile
    from .schema.waiver_file import Waiver

DAYS = 90  # default for `days`
UNCHECKED = "its signatures weren't checked"


@dataclass
class WaiverRules:
    """The rules for waivers, and the waivers.

    Attributes:
        approvers: For each tag, who may approve its waivers.
        emergency: Accounts that may waive by a push option; None where no layer has set it.
        days: How far in the future a waiver may end; None where no layer has set it.
        waivers: Each waiver with the origin of its file.
        signature_faults: By the number of a waiver, what is wrong with its signatures, or "", once that was checked.
    """

    approvers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    emergency: tuple[str, ...] | None = None
    days: int | None = None
    waivers: list[tuple[str, Waiver]] = field(default_factory=list)
    signature_faults: dict[int, str] = field(default_factory=dict)

    def iter_rows(self, *, are_signed: bool = False) -> Iterator[tuple[str, ...]]:
        """Yield everything as rows of a compiled plan; `are_signed` says that a waiver counts only if it is signed."""
        yield "days", str(self.days or DAYS)
        yield from (("approver", tag, person) for tag, people in self.approvers.items() for person in people)
        yield from (("emergency", person) for person in self.emergency or ())
        for number, (origin, waiver) in enumerate(self.waivers):
            target = (waiver.finding or "", waiver.commit or "", waiver.tag, waiver.ticket)
            fault = self.find_fault(waiver) or (self.signature_faults.get(number, UNCHECKED) if are_signed else "")
            yield ("waiver", *target, waiver.until.isoformat(), fault, origin, waiver.repository or "")

    def find_fault(self, waiver: Waiver) -> str:
        """Return why a waiver is invalid on any day, or "" if it isn't."""
        if is_same_person(waiver.requested_by, waiver.approved_by):
            return f"{waiver.approved_by} both requested and approved it"
        if not any(is_same_person(waiver.approved_by, person) for person in self.approvers.get(waiver.tag, ())):
            return f"{waiver.approved_by} isn't an approver of {waiver.tag}"
        return ""


def merge_waivers(rules: WaiverRules, layer: Layer, file: PolicyFile) -> list[str]:
    """Add what a layer sets about waivers to `rules`, and return the mistakes.

    Only authoritative layers of the organisation may set anything; the first that sets a value decides, and later
    ones can only tighten it.
    """
    mistakes = []
    for key, value in _iter_settings(file):
        if layer.kind == "repository" or not layer.is_authoritative:
            mistakes.append(f"{layer.origin}: {key}: only the organisation's policy can set this")
        elif not _apply_setting(rules, key, value):
            mistakes.append(f"{layer.origin}: {key}: already set by an earlier layer; a later layer can only tighten")
    if not mistakes:
        rules.waivers += [(layer.origin, waiver) for waiver in file.waiver]
    return mistakes


def _iter_settings(file: PolicyFile) -> Iterator[tuple[str, object]]:
    yield from ((f"tag.{name}.approvers", tag.approvers) for name, tag in file.tag.items() if tag.approvers is not None)
    for key, value in (("waivers.days", file.waivers.days), ("waivers.emergency", file.waivers.emergency)):
        if value is not None:
            yield key, value
    if file.waiver:
        yield "waiver", None


def _apply_setting(rules: WaiverRules, key: str, value: object) -> bool:
    """Set a value that is new or tightens the current one; return whether it was set."""
    if isinstance(value, int):
        is_valid = rules.days is None or value <= rules.days
        rules.days = value if is_valid else rules.days
        return is_valid
    if not isinstance(value, tuple):
        return True
    if key == "waivers.emergency":
        is_valid = rules.emergency is None or set(value) <= set(rules.emergency)
        rules.emergency = value if is_valid else rules.emergency
        return is_valid
    tag = key.split(".")[1]
    is_valid = tag not in rules.approvers or set(value) <= set(rules.approvers[tag])
    if is_valid:
        rules.approvers[tag] = value
    return is_valid


def is_same_person(first: str, second: str) -> bool:
    """Return whether two names are the same person's; case and white space are ignored."""
    return " ".join(first.split()).casefold() == " ".join(second.split()).casefold()
