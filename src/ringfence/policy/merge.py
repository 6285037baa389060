"""Lays policies over each other. A later layer can only tighten; what would loosen is an error, not a choice."""

from __future__ import annotations

import copy
import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from .schema.parse import suggest_word
from .schema.table import ACTIONS, DEFAULT_ACTIONS
from .waiver_rules import WaiverRules, merge_waivers

if TYPE_CHECKING:
    from collections.abc import Collection

    from .inputs import Inputs, Layer
    from .schema.policy_file import Accounts, OwnMarker, PolicyFile
    from .schema.tag import Tag, Zone


@dataclass
class EffectivePolicy:
    """The policy that layers add up to. `origins` says, by key, which layer a value came from."""

    vendors: Collection[str]
    rivals: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    approved: set[str] = field(default_factory=set)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    zones: list[Zone] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    consumers: set[str] = field(default_factory=set)
    accounts: set[str] | None = None  # those that are approved; None: any
    on_block: dict[str, str] = field(default_factory=dict)
    markers: list[OwnMarker] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    stores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    catalogue: list[str] = field(default_factory=list)
    name: str = ""
    contact: str = ""
    waiver_rules: WaiverRules = field(default_factory=WaiverRules)
    origins: dict[str, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    settled: bool = False

    def compute_rivals(self) -> set[str]:
        """Return the vendors whose marks count."""
        return self.rivals - self.own - self.approved


def merge_layers(layers: list[tuple[Layer, PolicyFile]], inputs: Inputs, vendors: Collection[str]) -> EffectivePolicy:
    """Add layers up for the repository that `inputs` names.

    Several states of a repository's own file (what stood there before, on each branch) don't loosen one another: each
    is held against the organisation's layers alone, and the strictest of all counts.

    Raises:
        PolicyError: With one line for every attempt to loosen, every unknown vendor or tag.
    """
    policy = base = EffectivePolicy(vendors)
    for layer, file in layers:
        if layer.kind == "repository" and base is policy:
            base = copy.deepcopy(policy)
        _merge_vendors(policy, base, layer, file)
        for name, tag in file.tag.items():
            _merge_tag(policy, base, layer, name, tag)
        _merge_tags_and_zones(policy, layer, file, inputs)
        _merge_catalogue(policy, layer, file.catalogue)
        _merge_limits(policy, layer, file.limits.model_dump(exclude_none=True))
        _merge_stores(policy, layer, file.stores.model_dump())
        policy.mistakes += merge_waivers(policy.waiver_rules, layer, file)
        _merge_on_block(policy, layer, file)
        policy.markers += file.marker
        _merge_accounts(policy, base, layer, file.accounts)
        policy.name = policy.name or file.organisation.name or ""
        policy.contact = policy.contact or file.organisation.contact or ""
    for name, origin in inputs.tags:
        policy.whole.add(name)
        policy.origins.setdefault(f"tags.{name}", origin)
    _check_names(policy, layers, inputs)
    if not policy.mistakes and (policy.whole or policy.zones) and not policy.compute_rivals():
        policy.mistakes.append("the policy: no vendor is left to be a rival, so that a tag would protect nothing")
    if policy.mistakes:
        raise PolicyError("\n".join(policy.mistakes), "See what holds with `ringfence policy show`.")
    return policy


def _merge_vendors(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Take what a layer says of vendors: the first that may settles who is us and who is a rival."""
    own, approved, rivals = set(file.organisation.own), set(file.vendors.approved), file.vendors.rivals
    named = set(policy.vendors) if "*" in (rivals or ()) else set(rivals or ())
    if layer.kind == "shipped":
        policy.rivals = named
    elif (own or approved or rivals is not None) and layer.settles and not policy.settled:
        policy.settled = True
        policy.own, policy.approved = own, approved
        policy.rivals = named if rivals is not None else policy.rivals
    else:
        for key, given, held in (
            ("organisation.own", own, base.own),
            ("vendors.approved", approved, base.approved),
        ):
            for vendor in sorted(given - held):
                _report_loosening(policy, layer, key, f"{sorted(held)}", f"{sorted(given)}, which adds {vendor}")
        if rivals and "*" not in rivals:
            policy.own -= named
            policy.approved -= named
            policy.rivals |= named
    for key, said in (("organisation.own", own), ("vendors.approved", approved), ("vendors.rivals", rivals)):
        if said:
            policy.origins[key] = layer.origin


def _merge_tag(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, name: str, tag: Tag) -> None:
    """Take a tag's actions; those of a tag that is there already can only get stricter."""
    held = base.tags.get(name)
    given = tag.model_dump(exclude_none=True, exclude={"approvers", "on_block"})
    if held is None:
        given = DEFAULT_ACTIONS | given
    actions = policy.tags.setdefault(name, {})
    for key, action in given.items():
        if held is not None and key in held and _rank_action(action) < _rank_action(held[key]):
            _report_loosening(policy, layer, f"tag.{name}.{key}", held[key], action)
        elif key not in actions or _rank_action(action) > _rank_action(actions[key]):
            policy.origins[f"tag.{name}.{key}"] = layer.origin
            actions[key] = action


def _merge_accounts(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, said: Accounts) -> None:
    """Take whose accounts are kept out, which add up, and which are approved, which only get fewer."""
    policy.agents |= set(said.agents)
    policy.consumers |= set(said.consumer)
    if said.approved is not None:
        approved = set(said.approved)
        for account in sorted(approved - base.accounts if base.accounts is not None else ()):
            _report_loosening(policy, layer, "accounts.approved", f"{sorted(base.accounts or ())}", f"let in {account}")
        policy.accounts = approved if policy.accounts is None else policy.accounts & approved
    policy.origins |= {f"accounts.{key}": layer.origin for key, given in said if given}


def _merge_on_block(policy: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Take what becomes of a refused push: neither answer is the tighter one, so the first who may say it does."""
    for name, tag in file.tag.items():
        key = f"tag.{name}.on_block"
        if tag.on_block and not layer.settles:
            policy.mistakes.append(f"{layer.origin}: {key}: only the organisation's policy can say it")
        elif tag.on_block and policy.on_block.setdefault(name, tag.on_block) == tag.on_block:
            policy.origins.setdefault(key, layer.origin)
        elif tag.on_block:
            policy.mistakes.append(f"{layer.origin}: {key}: an earlier layer settled it")


def _rank_action(action: str) -> int:
    return ACTIONS.index(action)


def _merge_tags_and_zones(policy: EffectivePolicy, layer: Layer, file: PolicyFile, inputs: Inputs) -> None:
    """Take which repositories and paths are tagged."""
    policy.zones += file.zone
    for zone in file.zone:
        policy.origins[f"zone.{zone.tag}.{' '.join(zone.paths) or '**'}"] = layer.origin
    policy.origins |= {
        f"zone.{zone.tag}.{_format_zone(zone)}.generators": layer.origin for zone in file.zone if zone.generators
    }
    tags = set(file.tags)
    if file.repository and layer.kind == "repository":
        policy.mistakes.append(
            f"{layer.origin}: repository: only an organisation's policy can say it; write `tags = […]` for this one"
        )
    for repository in file.repository:
        if any(is_name_match(name, pattern) for name in inputs.names for pattern in repository.match):
            tags.update(repository.tags)
    for tag in tags:
        policy.whole.add(tag)
        policy.origins.setdefault(f"tags.{tag}", layer.origin)


def is_name_match(name: str, pattern: str) -> bool:
    """Say whether a repository's name fits a pattern; `*` stands for anything, and case doesn't count."""
    return fnmatch.fnmatchcase(name.lower().lstrip("/"), pattern.lower().removesuffix(".git").lstrip("/"))


def _merge_catalogue(policy: EffectivePolicy, layer: Layer, named: tuple[str, ...]) -> None:
    """Take where further vendor files lie: `own.vendor_files` reads what the same layers name."""
    if named and not layer.settles:
        policy.mistakes.append(f"{layer.origin}: catalogue: only an organisation's policy can say it")
    elif named:
        policy.catalogue += named
        policy.origins["catalogue"] = layer.origin


def _merge_limits(policy: EffectivePolicy, layer: Layer, limits: dict[str, int]) -> None:
    """Take how much may be unpacked: lower hides content and higher keeps a server busy, so neither is tightening."""
    if limits and not layer.settles:
        policy.mistakes.append(f"{layer.origin}: limits: only an organisation's policy can say it")
    policy.limits |= limits
    policy.origins |= {f"limits.{key}": layer.origin for key in limits}


def _merge_stores(policy: EffectivePolicy, layer: Layer, stores: dict[str, tuple[str, ...]]) -> None:
    """Take where contents lie: who is nearer to the author could name a folder that isn't theirs to read."""
    said = {kind: folders for kind, folders in stores.items() if folders}
    if said and not layer.settles:
        policy.mistakes.append(f"{layer.origin}: stores: only an organisation's policy can say it")
    for kind, folders in said.items():
        policy.stores[kind] = (*policy.stores.get(kind, ()), *folders)
        policy.origins[f"stores.{kind}"] = layer.origin


def _check_names(policy: EffectivePolicy, layers: list[tuple[Layer, PolicyFile]], inputs: Inputs) -> None:
    """Note every tag and vendor that doesn't exist."""

    def check_name(origin: str, key: str, word: str, known: Any, what: str) -> None:
        if word not in known:
            policy.mistakes.append(f"{origin}: {key}: unknown {what} `{word}`{suggest_word(word, known)}")

    for layer, file in layers:
        for vendor in (*file.organisation.own, *file.vendors.approved, *(file.vendors.rivals or ())):
            if vendor != "*":
                check_name(layer.origin, "vendors", vendor, policy.vendors, "vendor")
        for own in file.marker:
            check_name(layer.origin, f"marker {own.marker.id}", own.vendor, policy.vendors, "vendor")
        for tag in (
            *file.tags,
            *(zone.tag for zone in file.zone),
            *(t for r in file.repository for t in r.tags),
        ):
            check_name(layer.origin, "tag", tag, policy.tags, "tag")
    for tag, origin in inputs.tags:
        check_name(origin, "tag", tag, policy.tags, "tag")


def find_loosenings(before: EffectivePolicy, after: EffectivePolicy) -> list[str]:
    """Name everything that a policy protects and a later state of it would not."""
    lost = [f"tags: would take away `{tag}`" for tag in sorted(before.whole - after.whole)]
    zones = [zone for zone in before.zones if zone not in after.zones and zone.tag not in after.whole]
    lost += [f"zone: would take away `{zone.tag}` from {_format_zone(zone)}" for zone in zones]
    for tag, actions in before.tags.items():
        for key, action in actions.items():
            given = after.tags.get(tag, {}).get(key, "nothing")
            if given == "nothing" or _rank_action(given) < _rank_action(action):
                lost.append(f"tag.{tag}.{key}: would loosen {action} to {given}")
    lost += [
        f"vendors: would take away the rival {vendor}"
        for vendor in sorted(before.compute_rivals() - after.compute_rivals())
    ]
    lost += [f"accounts.agents: would let in {account}" for account in sorted(before.agents - after.agents)]
    lost += [f"accounts.consumer: would let in {account}" for account in sorted(before.consumers - after.consumers)]
    if before.accounts is not None:
        more = ["everybody"] if after.accounts is None else sorted(after.accounts - before.accounts)
        lost += [f"accounts.approved: would let in {account}" for account in more]
    held = {own.marker for own in after.markers}
    lost += [f"marker {own.marker.id}: would be taken away" for own in before.markers if own.marker not in held]
    return lost


def _format_zone(zone: Zone) -> str:
    paths = " ".join(zone.paths) or "everything"
    return f"{paths} on {' '.join(zone.refs)}" if zone.refs else paths


def _report_loosening(policy: EffectivePolicy, layer: Layer, key: str, held: str, given: str) -> None:
    policy.mistakes.append(f"{layer.origin}: {key}: would loosen {held} to {given}; a later layer can only tighten")
