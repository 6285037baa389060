"""Reads vendor files: those that ringfence ships, and those in folders that an organisation's `catalogue` names.

An organisation's files can add vendors, not change shipped ones.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING

from ..errors import PolicyError
from ..resources import find_shipped_folder
from . import cache
from .inputs import may_set, read_file
from .schema.parse import parse_toml
from .schema.policy_file import PolicyFile

if TYPE_CHECKING:
    from .inputs import Inputs, Layer

Files = tuple[tuple[bytes, bytes], ...]  # (path, content)


def read_shipped_files() -> Files:
    """Return the shipped vendor files as (file name, bytes), sorted."""
    state = cache.get_pinned_state()
    return _read_shipped_once(state) if state else _read_shipped()


def list_shipped_vendors() -> tuple[str, ...]:
    """Return the ids of the shipped vendors."""
    return tuple(os.fsdecode(name).removesuffix(".toml") for name, _ in read_shipped_files())


@lru_cache(maxsize=1)
def _read_shipped_once(_state: tuple[bytes, ...]) -> Files:
    return _read_shipped()


def _read_shipped() -> Files:
    place = os.path.join(find_shipped_folder("policy"), "vendors")
    return tuple((os.path.basename(path), data) for path, data in read_folder(place, "ringfence"))


def read_folder(place: str, origin: str) -> list[tuple[bytes, bytes]]:
    """Return a folder's vendor files as (path, bytes), sorted; `origin` names what asked for it in messages.

    Raises:
        PolicyError: The folder or a file can't be read.
    """
    try:
        names = sorted(name for name in os.listdir(place) if name.endswith(".toml"))
    except OSError as error:
        raise PolicyError(
            f"{origin}: {place} can't be read: {error.strerror}.", "Correct the path or its permissions."
        ) from None
    paths = [os.path.join(place, name) for name in names]
    return [(os.fsencode(path), read_file(path, path)) for path in paths]


def list_catalogue_folders(layer: Layer) -> tuple[str, ...]:
    """Return the folders that a layer's `catalogue` names, as written; () if the layer may not set it."""
    if not layer.is_authoritative or not may_set(layer, b"catalogue"):
        return ()
    try:
        return parse_toml(PolicyFile, layer.data, layer.origin).catalogue
    except PolicyError:
        return ()  # reported later, with the mistakes of all other layers


def find_folders(inputs: Inputs) -> dict[str, str]:
    """Return the local folders that layers name, as absolute path → origin of the layer."""
    folders: dict[str, str] = {}
    for layer in inputs.layers:
        if layer.path:
            top = os.path.dirname(layer.path)
            paths = (
                os.path.normpath(os.path.join(top, os.path.expanduser(path))) for path in list_catalogue_folders(layer)
            )
            folders |= dict.fromkeys(paths, layer.origin)
    return folders


def read_own_files(inputs: Inputs) -> tuple[tuple[bytes, bytes], ...]:
    """Return all vendor files of the organisation as (path, bytes): from local folders, and from fetched layers.

    Raises:
        PolicyError: A folder can't be read, or has no vendor file.
    """
    local: list[tuple[bytes, bytes]] = []
    for place, origin in find_folders(inputs).items():
        if not (files := read_folder(place, f"{origin}: catalogue")):
            raise PolicyError(f"{origin}: catalogue: {place} has no vendor file (VENDOR.toml).")
        local += files
    return (*local, *(file for layer in inputs.layers for file in layer.vendors))


def stamp_folders(inputs: Inputs) -> bytes:
    """Return a stamp of all local vendor files of the organisation, or b"" if it has none; see `cache.build_stamp`.

    Raises:
        PolicyError: A folder can't be read.
    """
    places = find_folders(inputs)
    try:
        return cache.build_stamp(places)
    except OSError:
        for place, origin in places.items():
            read_folder(place, f"{origin}: catalogue")  # its error names the folder
        raise
