"""Names of refs, and what happens to them."""

from __future__ import annotations

from ..model import Change

Update = tuple[str, str, bytes]  # old id, new id (zeros: none), full name of the ref

QUARANTINE = b"refs/quarantine/"  # where a server keeps what it refused
_FOLDERS = {b"heads": 2, b"tags": 2, b"remotes": 3}  # refs/<folder>/…: how many parts aren't the name


def shorten_ref(ref: bytes) -> bytes:
    """Return a branch's or tag's name without the folder it lies in."""
    parts = ref.split(b"/")
    known = _FOLDERS.get(parts[1], 0) if parts[0] == b"refs" and len(parts) > 1 else 0
    return b"/".join(parts[known:])


def build_ref_change(ref: bytes) -> Change:
    """Return the change that a ref gets its name."""
    return Change("ref", texts=(("ref", shorten_ref(ref), ""),))
