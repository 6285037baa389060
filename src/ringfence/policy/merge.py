"""Merges policy layers into one policy. A later layer can only tighten; loosening an earlier one is an error."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from ..errors import PolicyError
from .effective_policy import ONLY_ORGANISATION, EffectivePolicy
from .inputs import is_name_match
from .merge_organisation import merge_organisation_tables
from .schema.parse import suggest_word
from .schema.table import DEFAULT_ACTIONS, rank_action
from .schema.tag import format_zone
from .waiver_rules import merge_waivers

if TYPE_CHECKING:
    from collections.abc import Collection

    from .inputs import Inputs, Layer
    from .schema.policy_file import Accounts, PolicyFile
    from .schema.tag import Tag


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
        merge_organisation_tables(policy, layer, file)
        policy.mistakes += merge_waivers(policy.waiver_rules, layer, file)
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
    installed is its own matter. So is who may read, which is as strict as can be until then, and what
    follows where a tool isn't bound.
    """
    current = base.tags.get(name)
    new = tag.model_dump(exclude_none=True, exclude={"approvers", "on_block"})
    if current is None:
        new = DEFAULT_ACTIONS | new
    elif not layer.is_authoritative:
        current = {"no_reader": current["unread"], "reads": "block", "tools": "warn", "walls": "block"} | current
    actions = policy.tags.setdefault(name, {})
    for key, action in new.items():
        if current is not None and key in current and rank_action(action) < rank_action(current[key]):
            _report_loosening(policy, layer, f"tag.{name}.{key}", current[key], action)
        elif key not in actions or rank_action(action) > rank_action(actions[key]):
            policy.origins[f"tag.{name}.{key}"] = layer.origin
            actions[key] = action


def _merge_accounts(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, accounts: Accounts) -> None:
    """Merge accounts: agents, barred and consumer accounts add up, the approved accounts can only become fewer."""
    policy.agents |= set(accounts.agents)
    policy.barred |= set(accounts.barred)
    policy.consumers |= set(accounts.consumer)
    if accounts.approved is not None:
        approved = set(accounts.approved)
        for account in sorted(approved - base.accounts if base.accounts is not None else ()):
            _report_loosening(
                policy, layer, "accounts.approved", f"{sorted(base.accounts or ())}", f"also allow {account}"
            )
        policy.accounts = approved if policy.accounts is None else policy.accounts & approved
    _merge_tools(policy, base, layer, accounts)
    policy.origins |= {f"accounts.{key}": layer.origin for key, patterns in accounts if patterns}


def _merge_tools(policy: EffectivePolicy, base: EffectivePolicy, layer: Layer, accounts: Accounts) -> None:
    """Merge the organisations of tools, which can only become fewer."""
    for name, organisations in accounts.tools.items():
        current = base.tools.get(name)
        for more in sorted(set(organisations) - current if current is not None else ()):
            _report_loosening(policy, layer, f"accounts.tools.{name}", f"{sorted(current or ())}", f"also allow {more}")
        policy.tools[name] = policy.tools.get(name, set(organisations)) & set(organisations)


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
            f"{layer.origin}: repository: {ONLY_ORGANISATION}; write `tags = […]` for this repository"
        )
    for repository in file.repository:
        policy.matches.append((repository.match, repository.tags))
        if any(is_name_match(name, pattern) for name in inputs.names for pattern in repository.match):
            tags.update(repository.tags)
    for tag in tags:
        policy.whole.add(tag)
        policy.origins.setdefault(f"tags.{tag}", layer.origin)


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
        walled = (tag for wall in file.wall for tag in wall.tags)
        permitted = (tag for permission in file.permission for tag in permission.tags)
        named = (
            *file.tags,
            *permitted,
            *walled,
            *(zone.tag for zone in file.zone),
            *(t for r in file.repository for t in r.tags),
        )
        for tag in (*named, *file.rollout.observe):
            check_name(layer.origin, "tag", tag, policy.tags, "tag")
    for tag, origin in inputs.tags:
        check_name(origin, "tag", tag, policy.tags, "tag")


def _report_loosening(policy: EffectivePolicy, layer: Layer, key: str, current: str, new: str) -> None:
    policy.mistakes.append(f"{layer.origin}: {key}: would loosen {current} to {new}; a later layer can only tighten")
