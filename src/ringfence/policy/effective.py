"""Reads vendor files and policies, and adds them up; every mistake in every file is named."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ..errors import PolicyError
from . import cache
from .defaults import read_shipped_layer
from .merge import EffectivePolicy, merge_layers
from .schema.parse import parse_toml
from .schema.policy_file import PolicyFile
from .schema.vendor_file import VendorFile
from .schema.waiver_file import WaiverFile
from .vendor_files import read_own_files, read_shipped_files

if TYPE_CHECKING:
    from .inputs import Inputs, Layer
    from .schema.waiver_file import Waiver

Files = tuple[tuple[bytes, bytes], ...]


def read_vendors(inputs: Inputs) -> dict[str, VendorFile]:
    """Read the shipped vendors, and those that an organisation's policy adds.

    Raises:
        PolicyError: With every mistake in every file.
    """
    return parse_vendors(read_shipped_files(), read_own_files(inputs))


def parse_vendors(shipped: Files, added: Files = ()) -> dict[str, VendorFile]:
    """Read vendor files as id → vendor; what is added can't take the place of what is shipped.

    Raises:
        PolicyError: With every mistake in every file.
    """
    found: dict[str, VendorFile] = {}
    mistakes: list[str] = []
    for file, data in (*shipped, *added):
        name = os.fsdecode(file)
        vendor = os.path.basename(name).removesuffix(".toml")
        if vendor in found:
            mistakes.append(f"{name}: `{vendor}` is in the catalogue already; add to it by [[marker]] in the policy")
        elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", vendor):
            mistakes.append(f"{name}: `{vendor}` can't be a vendor's id: small letters, digits, hyphens")
        else:
            try:
                found[vendor] = parse_toml(VendorFile, data, name)
            except PolicyError as error:
                mistakes.append(error.message)
    ids = [marker.id for vendor in found.values() for marker in vendor.iter_markers()]
    mistakes += [f"marker {twice}: the id stands twice" for twice in sorted({i for i in ids if ids.count(i) > 1})]
    if not found and not mistakes:
        mistakes.append("the catalogue has no vendor: nothing could be found")
    if mistakes:
        raise PolicyError("\n".join(mistakes))
    return found


def build_effective_policy(inputs: Inputs, vendors: dict[str, VendorFile]) -> EffectivePolicy:
    """Add up shipped defaults and all layers.

    Raises:
        PolicyError: A file can't be used; every mistake of every file is named.
    """
    files: list[tuple[Layer, PolicyFile]] = []
    waivers: list[tuple[str, Waiver]] = []
    mistakes: list[PolicyError] = []
    for layer in (read_shipped_layer(), *inputs.layers):
        try:
            if layer.kind == "waivers":
                waivers += [(layer.origin, item) for item in parse_toml(WaiverFile, layer.data, layer.origin).waiver]
            else:
                files.append((layer, parse_toml(PolicyFile, layer.data, layer.origin)))
        except PolicyError as error:
            mistakes.append(error)
    if mistakes:
        raise PolicyError("\n".join(error.message for error in mistakes), mistakes[0].advice)
    policy = merge_layers(files, inputs, vendors)
    policy.waiver_rules.waivers += waivers
    return policy


def compute_edition() -> str:
    """Return what a report calls the shipped catalogue: the day its marks were last confirmed, and a digest of it."""
    files = read_shipped_files()
    seen = max(vendor.seen for vendor in parse_vendors(files).values() if vendor.seen)
    return f"{seen:%Y.%m.%d}+{cache.compute_digest(part for file in files for part in file)[:8]}"
