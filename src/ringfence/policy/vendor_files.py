"""Vendor files: those that ringfence ships, and an organisation's own, which its policy names by `catalogue`.

An organisation's files add vendors, and change none.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import PolicyError
from ..resources import find_shipped_folder
from . import cache
from .inputs import read_file
from .schema.parse import parse_toml
from .schema.policy_file import PolicyFile

if TYPE_CHECKING:
    from .inputs import Inputs, Layer


def read_shipped_files() -> tuple[tuple[bytes, bytes], ...]:
    """Read the shipped vendors as (file name, bytes), sorted."""
    place = os.path.join(find_shipped_folder("policy"), "vendors")
    return tuple((os.path.basename(path), data) for path, data in read_folder(place, "ringfence"))


def read_folder(place: str, origin: str) -> list[tuple[bytes, bytes]]:
    """Read a folder's vendor files as (path, bytes), sorted.

    Raises:
        PolicyError: The folder or a file can't be read.
    """
    try:
        found = sorted(name for name in os.listdir(place) if name.endswith(".toml"))
    except OSError as error:
        raise PolicyError(
            f"{origin}: {place} can't be read: {error.strerror}.", "Correct the path or its rights."
        ) from None
    paths = [os.path.join(place, name) for name in found]
    return [(os.fsencode(path), read_file(path, path)) for path in paths]


def list_catalogue_folders(layer: Layer) -> tuple[str, ...]:
    """Return the folders that a layer names, as it writes them; what may not name any names none."""
    if not layer.settles or b"catalogue" not in layer.data:
        return ()
    try:
        return parse_toml(PolicyFile, layer.data, layer.origin).catalogue
    except PolicyError:
        return ()  # told with the mistakes of all other layers


def find_folders(inputs: Inputs) -> dict[str, str]:
    """Return the folders on this machine that layers name, with the layer that names each."""
    found: dict[str, str] = {}
    for layer in inputs.layers:
        if layer.path:
            top = os.path.dirname(layer.path)
            paths = (
                os.path.normpath(os.path.join(top, os.path.expanduser(path))) for path in list_catalogue_folders(layer)
            )
            found |= dict.fromkeys(paths, layer.origin)
    return found


def read_own_files(inputs: Inputs) -> tuple[tuple[bytes, bytes], ...]:
    """Read all vendor files of the organisation as (path, bytes).

    Raises:
        PolicyError: A folder can't be read, or holds none.
    """
    read: list[tuple[bytes, bytes]] = []
    for place, origin in find_folders(inputs).items():
        if not (files := read_folder(place, f"{origin}: catalogue")):
            raise PolicyError(f"{origin}: catalogue: {place} holds no vendor file (VENDOR.toml).")
        read += files
    return (*read, *(file for layer in inputs.layers for file in layer.vendors))


def stamp_folders(inputs: Inputs) -> bytes:
    """Name the state of all vendor files of the organisation, or b"" where it has none.

    Raises:
        PolicyError: A folder can't be read.
    """
    places = find_folders(inputs)
    try:
        return cache.build_stamp(places)
    except OSError:
        for place, origin in places.items():
            read_folder(place, f"{origin}: catalogue")  # says which
        raise
