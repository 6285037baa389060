"""Readers for the default policy and the list of generator fields that ringfence ships."""

from __future__ import annotations

import os

from ..resources import find_shipped_folder
from .inputs import Layer, read_file


def read_fields_file() -> bytes:
    """Return the bytes of `fields.toml`: names of the fields in which data sets record what generated a row."""
    path = os.path.join(find_shipped_folder("policy"), "fields.toml")
    return read_file(path, path)


def read_uses_file() -> bytes:
    """Return the bytes of `uses.toml`: how code and settings call models."""
    path = os.path.join(find_shipped_folder("policy"), "uses.toml")
    return read_file(path, path)


def read_shipped_layer() -> Layer:
    """Return the shipped default policy as the lowest layer."""
    path = os.path.join(find_shipped_folder("policy"), "defaults.toml")
    return Layer("ringfence's defaults", "shipped", read_file(path, path), is_authoritative=True)
