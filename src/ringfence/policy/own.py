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
    from .layers import Inputs


def folders(inputs: Inputs) -> dict[str, str]:
    """Return the folders that layers name, with the layer that names each; what may not name any names none."""
    found: dict[str, str] = {}
    for layer in inputs.layers:
        if not (layer.settles and layer.path and b"catalogue" in layer.data):
            continue
        try:
            named = parse(PolicyFile, layer.data, layer.origin).catalogue
        except PolicyError:
            continue  # told with the mistakes of all other layers
        top = os.path.dirname(layer.path)
        found |= {os.path.normpath(os.path.join(top, os.path.expanduser(path))): layer.origin for path in named}
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
    return tuple(read)


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
