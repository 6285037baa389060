"""The policy that results from merging all layers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .waiver_rules import WaiverRules

if TYPE_CHECKING:
    from collections.abc import Collection

    from .schema.permission import Permission
    from .schema.policy_file import OwnMarker
    from .schema.tag import Zone
    from .schema.wall import Wall

ONLY_ORGANISATION = "only the organisation's policy can set this"


@dataclass
class EffectivePolicy:
    """The policy that results from merging all layers; sets of vendors hold ids.

    Attributes:
        vendors: All vendors of the catalogue.
        rivals: Those named as rivals; `compute_rivals` leaves out `own` and `approved`.
        tags: The action by what was found, for each tag: `{"eval": {"strong": "block"}}`.
        whole: Tags that apply to the whole repository.
        matches: Patterns for names of repositories, with the tags of those that match.
        agents, barred, consumers: Patterns of accounts that are kept out.
        accounts: Patterns of the approved accounts; None: any account.
        tools: The organisations that a vendor's tool may be logged in to, by the tool.
        on_block: By tag, refuse or quarantine.
        origins: By key, as `tag.eval.strong`, the origin of the layer that set the value.
        mistakes: Messages collected while merging; `merge_layers` raises them together.
        has_vendor_lists: An authoritative layer has set own, approved or rival vendors.
    """

    vendors: Collection[str]
    rivals: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    approved: set[str] = field(default_factory=set)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    zones: list[Zone] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    matches: list[tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)
    consumers: set[str] = field(default_factory=set)
    accounts: set[str] | None = None
    tools: dict[str, set[str]] = field(default_factory=dict)
    on_block: dict[str, str] = field(default_factory=dict)
    markers: list[OwnMarker] = field(default_factory=list)
    walls: list[Wall] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    stores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ingredients: dict[str, Any] = field(default_factory=dict)
    rollout: dict[str, Any] = field(default_factory=dict)
    approvals: dict[str, Any] = field(default_factory=dict)
    catalogue: list[str] = field(default_factory=list)
    name: str = ""
    contact: str = ""
    docs: str = ""
    waiver_rules: WaiverRules = field(default_factory=WaiverRules)
    origins: dict[str, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    has_vendor_lists: bool = False

    def compute_rivals(self) -> set[str]:
        """Return the vendors whose marks count."""
        return self.rivals - self.own - self.approved
