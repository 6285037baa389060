"""Parses vendor files and policy layers, and merges them; errors list every mistake in every file."""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from ..errors import PolicyError
from . import cache
from .cost import check_cost
from .defaults import read_shipped_layer
from .merge import merge_layers
from .schema.parse import parse_toml
from .schema.policy_file import PolicyFile
from .schema.vendor_file import VendorFile
from .schema.waiver_file import WaiverFile
from .vendor_files import list_shipped_vendors, read_own_files, read_shipped_files

if TYPE_CHECKING:
    from collections.abc import Collection

    from .effective_policy import EffectivePolicy
    from .inputs import Inputs, Layer
    from .schema.waiver_file import Waiver

Files = tuple[tuple[bytes, bytes], ...]  # (path, content)


def read_vendors(inputs: Inputs) -> dict[str, VendorFile]:
    """Return the shipped vendors and those that an organisation's policy adds, by vendor id.

    Raises:
        PolicyError: A file is invalid; the message has one line for each mistake in each file.
    """
    return parse_vendors(read_shipped_files(), read_own_files(inputs))


def list_vendors(inputs: Inputs) -> Collection[str]:
    """Return the ids of all vendors; parsing the shipped files takes a tenth of a second, and a file's name is its id.

    Raises:
        PolicyError: A file of the organisation is invalid.
    """
    added = read_own_files(inputs)
    return parse_vendors(read_shipped_files(), added) if added else list_shipped_vendors()


def parse_vendors(shipped: Files, added: Files = ()) -> dict[str, VendorFile]:
    """Parse vendor files into a dictionary by vendor id, which no caller changes.

    An added file can't replace a shipped one.

    Raises:
        PolicyError: A file is invalid, or an id occurs twice; the message has one line for each mistake in each file.
    """
    return _parse_vendors(shipped, added)


@lru_cache(maxsize=4)  # a server's policies are compiled one after the other, from the same files
def _parse_vendors(shipped: Files, added: Files) -> dict[str, VendorFile]:
    vendors: dict[str, VendorFile] = {}
    mistakes: list[str] = []
    for path, data in (*shipped, *added):
        name = os.fsdecode(path)
        vendor = os.path.basename(name).removesuffix(".toml")
        if vendor in vendors:
            mistakes.append(f"{name}: `{vendor}` is already in the catalogue; add markers by [[marker]] in the policy")
        elif not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", vendor):
            mistakes.append(f"{name}: `{vendor}` isn't a vendor id: only lower-case letters, digits and hyphens")
        else:
            try:
                vendors[vendor] = parse_toml(VendorFile, data, name)
            except PolicyError as error:
                mistakes.append(error.message)
    ids = [marker.id for vendor in vendors.values() for marker in vendor.iter_markers()]
    repeated = sorted(name for name, count in Counter(ids).items() if count > 1)
    mistakes += [f"marker {name}: duplicate id" for name in repeated]
    if not vendors and not mistakes:
        mistakes.append("the catalogue has no vendors: no mark could be found")
    if mistakes:
        raise PolicyError("\n".join(mistakes))
    return vendors


def build_effective_policy(inputs: Inputs, vendors: Collection[str]) -> EffectivePolicy:
    """Merge the shipped defaults and all layers into one policy; `vendors` are the ids of all vendors.

    Raises:
        PolicyError: A file is invalid, or a layer would loosen an earlier one; one line for each mistake.
    """
    files: list[tuple[Layer, PolicyFile]] = []
    waivers: list[tuple[str, Waiver]] = []
    mistakes: list[PolicyError] = []
    for layer in (read_shipped_layer(), *inputs.layers):
        try:
            if layer.kind == "waivers":
                waivers += [(layer.origin, item) for item in parse_toml(WaiverFile, layer.data, layer.origin).waiver]
            else:
                file = _parse_policy(layer.data, layer.origin)
                if layer.kind == "repository":
                    check_cost(file, layer.origin)
                files.append((layer, file))
        except PolicyError as error:
            mistakes.append(error)
    if mistakes:
        raise PolicyError("\n".join(error.message for error in mistakes), mistakes[0].advice)
    policy = merge_layers(files, inputs, vendors)
    policy.waiver_rules.waivers += waivers
    return policy


@lru_cache(maxsize=16)  # as above
def _parse_policy(data: bytes, origin: str) -> PolicyFile:
    return parse_toml(PolicyFile, data, origin)


def compute_edition() -> str:
    """Return the version of the shipped catalogue for reports: the latest `seen` date and a digest, `2026.01.31+…`."""
    files = read_shipped_files()
    latest = max(vendor.seen for vendor in parse_vendors(files).values() if vendor.seen)
    return f"{latest:%Y.%m.%d}+{cache.compute_digest(part for file in files for part in file)[:8]}"
