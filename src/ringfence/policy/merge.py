"""Merges policy layers into one policy. A later layer can only tighten; loosening an earlier one is an error."""

from __future__ import annotations

import copy
import fnmatch
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from .schema.parse import suggest_word
from .schema.table import DEFAULT_ACTIONS, rank_action
from .schema.tag import format_zone
from .waiver_rules import WaiverRules, merge_waivers

if TYPE_CHECKING:
    from collections.abc import Collection

    from .inputs import Inputs, Layer
    from .schema.permission import Permission
    from .schema.policy_file import Accounts, OwnMarker, PolicyFile
    from .schema.tag import Tag, Zone

_ONLY_ORGANISATION = "only the organisation's policy can set this"


@dataclass
class EffectivePolicy:
    """The policy that results from merging all layers; sets of vendors hold ids.

    Attributes:
        vendors: All vendors of the catalogue.
        rivals: Those named as rivals; `compute_rivals` leaves out `own` and `approved`.
        tags: The action by what was found, for each tag: `{"eval": {"strong": "block"}}`.
        whole: Tags that apply to the whole repository.
        agents, consumers: Patterns of accounts that are kept out.
        accounts: Patterns of the approved accounts; None: any account.
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
    agents: set[str] = field(default_factory=set)
    consumers: set[str] = field(default_factory=set)
    accounts: set[str] | None = None
    on_block: dict[str, str] = field(default_factory=dict)
    markers: list[OwnMarker] = field(default_factory=list)
    permissions: list[Permission] = field(default_factory=list)
    limits: dict[str, int] = field(default_factory=dict)
    stores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ingredients: dict[str, Any] = field(default_factory=dict)
    rollout: dict[str, Any] = field(default_factory=dict)
    approvals: dict[str, Any] = field(default_factory=dict)
    catalogue: list[str] = field(default_factory=list)
    name: str = ""
    contact: str = ""
    waiver_rules: WaiverRules = field(default_factory=WaiverRules)
    origins: dict[str, str] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    has_vendor_lists: bool = False

    def compute_rivals(self) -> set[str]:
        """Return the vendors whose marks count."""
        return self.rivals - self.own - self.approved


def merge_layers(layers: list[tuple[Layer, PolicyFile]], inputs: Inputs, vendors: Collection[str]) -> EffectivePolicy:
    """Merge layers, lowest first, for the repository that `inputs` describes.

    There may be several versions of the repository's own file (one for each branch, and the one before a push). They
    are not compared with each other: each must not loosen the organisation's layers, and the strictest value counts.

    Raises:
        PolicyError: One line for each attempt to loosen, and for each unknown vendor or tag.
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
        _merge_settings(
            policy, layer, "ingredients", policy.ingredients, file.ingredients.model_dump(exclude_none=True)
        )
        _merge_settings(policy, layer, "rollout", policy.rollout, file.rollout.model_dump(exclude_none=True))
        _merge_settings(policy, layer, "approvals", policy.approvals, file.approvals.model_dump(exclude_none=True))
        _merge_permissions(policy, layer, file)
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
        policy.mistakes.append("the policy: no rival vendor is left, so that a tag would protect nothing")
    if policy.mistakes:
        raise PolicyError("\n".join(policy.mistakes), "See the policy in force with `ringfence policy show`.")
    return policy


def _merge_vendors(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Merge own, approved and rival vendors: the first authoritative layer sets them, later ones only add rivals."""
    own, approved, rivals = set(file.organisation.own), set(file.vendors.approved), file.vendors.rivals
    named = set(policy.vendors) if "*" in (rivals or ()) else set(rivals or ())
    if layer.kind == "shipped":
        policy.rivals = named
    elif (own or approved or rivals is not None) and layer.is_authoritative and not policy.has_vendor_lists:
        policy.has_vendor_lists = True
        policy.own, policy.approved = own, approved
        policy.rivals = named if rivals is not None else policy.rivals
    else:
        for key, new, current in (("organisation.own", own, base.own), ("vendors.approved", approved, base.approved)):
            for vendor in sorted(new - current):
                _report_loosening(policy, layer, key, f"{sorted(current)}", f"{sorted(new)}, which adds {vendor}")
        if rivals and "*" not in rivals:
            policy.own -= named
            policy.approved -= named
            policy.rivals |= named
    for key, names in (("organisation.own", own), ("vendors.approved", approved), ("vendors.rivals", rivals)):
        if names:
            policy.origins[key] = layer.origin


def _merge_tag(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, name: str, tag: Tag) -> None:
    """Merge a tag's actions; those of a tag that an earlier layer defines can only get stricter.

    What a missing reader means is as strict as `unread` until the organisation's policy says it: which readers are
    installed is its own matter.
    """
    current = base.tags.get(name)
    new = tag.model_dump(exclude_none=True, exclude={"approvers", "on_block"})
    if current is None:
        new = DEFAULT_ACTIONS | new
    elif not layer.is_authoritative:
        current = {"no_reader": current["unread"]} | current
    actions = policy.tags.setdefault(name, {})
    for key, action in new.items():
        if current is not None and key in current and rank_action(action) < rank_action(current[key]):
            _report_loosening(policy, layer, f"tag.{name}.{key}", current[key], action)
        elif key not in actions or rank_action(action) > rank_action(actions[key]):
            policy.origins[f"tag.{name}.{key}"] = layer.origin
            actions[key] = action


def _merge_accounts(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, accounts: Accounts) -> None:
    """Merge accounts: agents and consumer accounts add up, the approved accounts can only become fewer."""
    policy.agents |= set(accounts.agents)
    policy.consumers |= set(accounts.consumer)
    if accounts.approved is not None:
        approved = set(accounts.approved)
        for account in sorted(approved - base.accounts if base.accounts is not None else ()):
            _report_loosening(
                policy, layer, "accounts.approved", f"{sorted(base.accounts or ())}", f"also allow {account}"
            )
        policy.accounts = approved if policy.accounts is None else policy.accounts & approved
    policy.origins |= {f"accounts.{key}": layer.origin for key, patterns in accounts if patterns}


def _merge_on_block(policy: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Merge `on_block`: neither value is the stricter one, so the first authoritative layer that sets it decides."""
    for name, tag in file.tag.items():
        key = f"tag.{name}.on_block"
        if tag.on_block and not layer.is_authoritative:
            policy.mistakes.append(f"{layer.origin}: {key}: {_ONLY_ORGANISATION}")
        elif tag.on_block and policy.on_block.setdefault(name, tag.on_block) == tag.on_block:
            policy.origins.setdefault(key, layer.origin)
        elif tag.on_block:
            policy.mistakes.append(f"{layer.origin}: {key}: already set by an earlier layer")


def _merge_tags_and_zones(policy: EffectivePolicy, layer: Layer, file: PolicyFile, inputs: Inputs) -> None:
    """Merge which repositories and which paths are tagged."""
    policy.zones += file.zone
    for zone in file.zone:
        policy.origins[f"zone.{zone.tag}.{' '.join(zone.paths) or '**'}"] = layer.origin
    policy.origins |= {
        f"zone.{zone.tag}.{format_zone(zone)}.generators": layer.origin for zone in file.zone if zone.generators
    }
    tags = set(file.tags)
    if file.repository and layer.kind == "repository":
        policy.mistakes.append(
            f"{layer.origin}: repository: {_ONLY_ORGANISATION}; write `tags = […]` for this repository"
        )
    for repository in file.repository:
        if any(is_name_match(name, pattern) for name in inputs.names for pattern in repository.match):
            tags.update(repository.tags)
    for tag in tags:
        policy.whole.add(tag)
        policy.origins.setdefault(f"tags.{tag}", layer.origin)


def is_name_match(name: str, pattern: str) -> bool:
    """Return whether a repository's name matches a pattern; `*` matches anything, and case is ignored."""
    return fnmatch.fnmatchcase(name.lower().lstrip("/"), pattern.lower().removesuffix(".git").lstrip("/"))


def _merge_catalogue(policy: EffectivePolicy, layer: Layer, folders: tuple[str, ...]) -> None:
    """Merge the folders of further vendor files; `vendor_files.read_own_files` reads the files in them."""
    if folders and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: catalogue: {_ONLY_ORGANISATION}")
    elif folders:
        policy.catalogue += folders
        policy.origins["catalogue"] = layer.origin


def _merge_limits(policy: EffectivePolicy, layer: Layer, limits: dict[str, int]) -> None:
    """Merge the limits of unpacking: a lower one hides content, a higher one costs a server time; neither tightens."""
    if limits and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: limits: {_ONLY_ORGANISATION}")
    policy.limits |= limits
    policy.origins |= {f"limits.{key}": layer.origin for key in limits}


def _merge_stores(policy: EffectivePolicy, layer: Layer, stores: dict[str, tuple[str, ...]]) -> None:
    """Merge the folders that pointers are resolved in; an author could name a folder they may not read themselves."""
    named = {kind: folders for kind, folders in stores.items() if folders}
    if named and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: stores: {_ONLY_ORGANISATION}")
    for kind, folders in named.items():
        policy.stores[kind] = (*policy.stores.get(kind, ()), *folders)
        policy.origins[f"stores.{kind}"] = layer.origin


def _merge_permissions(policy: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Merge permissions: only the organisation may say what a contract allows."""
    if file.permission and (layer.kind == "repository" or not layer.is_authoritative):
        policy.mistakes.append(f"{layer.origin}: permission: {_ONLY_ORGANISATION}")
        return
    known = {item.id for item in policy.permissions}
    for item in file.permission:
        if item.id in known:
            policy.mistakes.append(f"{layer.origin}: permission {item.id}: duplicate id")
        known.add(item.id)
        policy.permissions.append(item)
        policy.origins[f"permission.{item.id}"] = layer.origin


def _merge_settings(
    policy: EffectivePolicy, layer: Layer, table: str, settings: dict[str, Any], given: dict[str, Any]
) -> None:
    """Merge a table that only the organisation sets: the first authoritative layer that sets a key decides."""
    named = {key: setting for key, setting in given.items() if setting != ()}
    if named and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: {table}: {_ONLY_ORGANISATION}")
    for key, setting in named.items():
        if settings.setdefault(key, setting) != setting:
            policy.mistakes.append(f"{layer.origin}: {table}.{key}: already set by an earlier layer")
        policy.origins.setdefault(f"{table}.{key}", layer.origin)


def _check_names(policy: EffectivePolicy, layers: list[tuple[Layer, PolicyFile]], inputs: Inputs) -> None:
    """Report every tag and vendor that doesn't exist."""

    def check_name(origin: str, key: str, name: str, known: Any, noun: str) -> None:
        if name not in known:
            remedy = f"; git config --unset ringfence.tag {name} removes it" if origin.startswith("git config") else ""
            policy.mistakes.append(f"{origin}: {key}: unknown {noun} `{name}`{suggest_word(name, known)}{remedy}")

    for layer, file in layers:
        for vendor in (*file.organisation.own, *file.vendors.approved, *(file.vendors.rivals or ())):
            if vendor != "*":
                check_name(layer.origin, "vendors", vendor, policy.vendors, "vendor")
        for own in file.marker:
            check_name(layer.origin, f"marker {own.marker.id}", own.vendor, policy.vendors, "vendor")
        for permission in file.permission:
            check_name(layer.origin, f"permission {permission.id}", permission.vendor, policy.vendors, "vendor")
        permitted = (tag for permission in file.permission for tag in permission.tags)
        named = (
            *file.tags,
            *permitted,
            *(zone.tag for zone in file.zone),
            *(t for r in file.repository for t in r.tags),
        )
        for tag in (*named, *file.rollout.observe):
            check_name(layer.origin, "tag", tag, policy.tags, "tag")
    for tag, origin in inputs.tags:
        check_name(origin, "tag", tag, policy.tags, "tag")


def _report_loosening(policy: EffectivePolicy, layer: Layer, key: str, current: str, new: str) -> None:
    policy.mistakes.append(f"{layer.origin}: {key}: would loosen {current} to {new}; a later layer can only tighten")
