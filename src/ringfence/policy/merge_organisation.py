"""Merges the tables that only the organisation's policy may set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .effective_policy import ONLY_ORGANISATION

if TYPE_CHECKING:
    from .effective_policy import EffectivePolicy
    from .inputs import Layer
    from .schema.policy_file import PolicyFile


def merge_organisation_tables(policy: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Merge those tables of a layer; a layer that may not set them is a mistake."""
    _merge_docs(policy, layer, file.organisation.docs)
    _merge_catalogue(policy, layer, file.catalogue)
    _merge_limits(policy, layer, file.limits.model_dump(exclude_none=True))
    _merge_stores(policy, layer, file.stores.model_dump())
    for name, settings in (
        ("ingredients", policy.ingredients), ("rollout", policy.rollout), ("approvals", policy.approvals),
    ):  # fmt: skip
        _merge_settings(policy, layer, name, settings, getattr(file, name).model_dump(exclude_none=True))
    _merge_permissions(policy, layer, file)
    _merge_walls(policy, layer, file)
    _merge_on_block(policy, layer, file)


def _merge_docs(policy: EffectivePolicy, layer: Layer, address: str | None) -> None:
    """Merge where the pages are, which reports link: a repository's own file could lead their readers anywhere."""
    if address and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: organisation.docs: {ONLY_ORGANISATION}")
    policy.docs = policy.docs or address or ""


def _merge_on_block(policy: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Merge `on_block`: neither value is the stricter one, so the first authoritative layer that sets it decides."""
    for name, tag in file.tag.items():
        key = f"tag.{name}.on_block"
        if tag.on_block and not layer.is_authoritative:
            policy.mistakes.append(f"{layer.origin}: {key}: {ONLY_ORGANISATION}")
        elif tag.on_block and policy.on_block.setdefault(name, tag.on_block) == tag.on_block:
            policy.origins.setdefault(key, layer.origin)
        elif tag.on_block:
            policy.mistakes.append(f"{layer.origin}: {key}: already set by an earlier layer")


def _merge_catalogue(policy: EffectivePolicy, layer: Layer, folders: tuple[str, ...]) -> None:
    """Merge the folders of further vendor files; `vendor_files.read_own_files` reads the files in them."""
    if folders and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: catalogue: {ONLY_ORGANISATION}")
    elif folders:
        policy.catalogue += folders
        policy.origins["catalogue"] = layer.origin


def _merge_limits(policy: EffectivePolicy, layer: Layer, limits: dict[str, int]) -> None:
    """Merge the limits of unpacking: a lower one hides content, a higher one costs a server time; neither tightens."""
    if limits and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: limits: {ONLY_ORGANISATION}")
    policy.limits |= limits
    policy.origins |= {f"limits.{key}": layer.origin for key in limits}


def _merge_stores(policy: EffectivePolicy, layer: Layer, stores: dict[str, tuple[str, ...]]) -> None:
    """Merge the folders that pointers are resolved in; an author could name a folder they may not read themselves."""
    named = {kind: folders for kind, folders in stores.items() if folders}
    if named and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: stores: {ONLY_ORGANISATION}")
    for kind, folders in named.items():
        policy.stores[kind] = (*policy.stores.get(kind, ()), *folders)
        policy.origins[f"stores.{kind}"] = layer.origin


def _merge_permissions(policy: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Merge permissions: only the organisation may say what a contract allows."""
    if file.permission and (layer.kind == "repository" or not layer.is_authoritative):
        policy.mistakes.append(f"{layer.origin}: permission: {ONLY_ORGANISATION}")
        return
    known = {item.id for item in policy.permissions}
    for item in file.permission:
        if item.id in known:
            policy.mistakes.append(f"{layer.origin}: permission {item.id}: duplicate id")
        known.add(item.id)
        policy.permissions.append(item)
        policy.origins[f"permission.{item.id}"] = layer.origin


def _merge_walls(policy: EffectivePolicy, layer: Layer, file: PolicyFile) -> None:
    """Merge walls, which add up; a repository's own file could name other repositories' people."""
    if file.wall and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: wall: {ONLY_ORGANISATION}")
        return
    policy.walls += file.wall
    policy.origins |= {f"wall.{wall.subject}": layer.origin for wall in file.wall}


def _merge_settings(
    policy: EffectivePolicy, layer: Layer, table: str, settings: dict[str, Any], given: dict[str, Any]
) -> None:
    """Merge a table that only the organisation sets: the first authoritative layer that sets a key decides."""
    named = {key: setting for key, setting in given.items() if setting != ()}
    if named and not layer.is_authoritative:
        policy.mistakes.append(f"{layer.origin}: {table}: {ONLY_ORGANISATION}")
    for key, setting in named.items():
        if settings.setdefault(key, setting) != setting:
            policy.mistakes.append(f"{layer.origin}: {table}.{key}: already set by an earlier layer")
        policy.origins.setdefault(f"{table}.{key}", layer.origin)
