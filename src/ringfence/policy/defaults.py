"""The policy and the table of generator fields that ringfence ships."""

from __future__ import annotations

import os

from ..resources import find_shipped_folder
from .inputs import Layer, read_file


def read_fields_file() -> bytes:
    """Read in which fields data sets record what made a row."""
    path = os.path.join(find_shipped_folder("policy"), "fields.toml")
    return read_file(path, path)


def read_shipped_layer() -> Layer:
    """Read the shipped defaults."""
    path = os.path.join(find_shipped_folder("policy"), "defaults.toml")
    return Layer("ringfence's defaults", "shipped", read_file(path, path), settles=True)
