"""What the formats have in common."""

from __future__ import annotations

from typing import Any

File = dict[str, str]  # path, source, generator, licence, by, sha256, collected
RawFields = dict[str, tuple[str, Any]]  # by these keys: what the format calls it, and what it holds


def ensure_list(value: Any) -> list[Any]:
    """Return what JSON-LD lets stand alone, in a list or not at all."""
    return value if isinstance(value, list) else [] if value is None else [value]
