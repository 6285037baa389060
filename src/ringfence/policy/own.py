"""An organisation's own vendor files, which its policy names by `catalogue`: they add vendors, and change none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..errors import PolicyError
from . import cache
from .layers import files_in
from .policyfile import PolicyFile
from .read import parse

if TYPE_CHECKING:
    from .layers import Inputs, Layer


def named(layer: Layer) -> tuple[str, ...]:
    """Return the folders that a layer names, as it writes them; what may not name any names none."""
    if not layer.settles or b"catalogue" not in layer.data:
        return ()
    try:
        return parse(PolicyFile, layer.data, layer.origin).catalogue
    except PolicyError:
        return ()  # told with the mistakes of all other layers


def folders(inputs: Inputs) -> dict[str, str]:
    """Return the folders on this machine that layers name, with the layer that names each."""
    found: dict[str, str] = {}
    for layer in inputs.layers:
        if layer.path:
            top = os.path.dirname(layer.path)
            paths = (os.path.normpath(os.path.join(top, os.path.expanduser(path))) for path in named(layer))
            found |= dict.fromkeys(paths, layer.origin)
    return found


def vendor_files(inputs: Inputs) -> tuple[tuple[bytes, bytes], ...]:
    """Read all vendor files of the organisation as (path, bytes).

    Raises:
        PolicyError: A folder can't be read, or holds none.
    """
    read: list[tuple[bytes, bytes]] = []
    for place, origin in folders(inputs).items():
        if not (files := files_in(place, f"{origin}: catalogue")):
            raise PolicyError(f"{origin}: catalogue: {place} holds no vendor file (VENDOR.toml).")
        read += files
    return (*read, *(file for layer in inputs.layers for file in layer.vendors))


def stamp(inputs: Inputs) -> bytes:
    """Name the state of all vendor files of the organisation, or b"" where it has none.

    Raises:
        PolicyError: A folder can't be read.
    """
    places = folders(inputs)
    try:
        return cache.stamp(places)
    except OSError:
        for place, origin in places.items():
            files_in(place, f"{origin}: catalogue")  # says which
        raise
