"""Ref updates and ref names."""

from __future__ import annotations

from ..model import Change

Update = tuple[str, str, bytes]  # (old id, new id, full ref name); zeros mean that the ref doesn't exist

QUARANTINE = b"refs/quarantine/"  # where a server keeps refused pushes
_FOLDERS = {b"heads": 2, b"tags": 2, b"remotes": 3}  # refs/<folder>/…: number of leading parts to strip


def shorten_ref(ref: bytes) -> bytes:
    """Return a ref name without refs/heads/, refs/tags/ or refs/remotes/<remote>/."""
    parts = ref.split(b"/")
    stripped = _FOLDERS.get(parts[1], 0) if parts[0] == b"refs" and len(parts) > 1 else 0
    return b"/".join(parts[stripped:])


def build_ref_change(ref: bytes) -> Change:
    """Return the change that checks the name of a ref."""
    return Change("ref", texts=(("ref", shorten_ref(ref), ""),))
