"""Makes findings; loaded only when there is one to make."""

from __future__ import annotations

import hashlib

from . import excerpts
from .model import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .markers.catalogue import Marker


def finding(
    marker: Marker, action: str, tag: str, commit: str, part: str, path: bytes, line: int, count: int, excerpt: str,
    context: bytes = b"",
) -> Finding:  # fmt: skip
    """Make a finding. `context` is what tells two like findings without a path apart: the text they stand in."""
    shown = excerpts.path(path)
    named = b"\0".join((marker.id.encode(), path or part.encode(), excerpt.encode(), context))
    return Finding(
        marker=marker.id,
        vendor=marker.vendor,
        product=marker.product,
        kind=marker.kind,
        strength=marker.strength,
        action=action,
        commit=commit,
        part=part,
        path=shown,
        line=line,
        count=count,
        excerpt=excerpt,
        tag=tag,
        why=marker.why,
        fingerprint=hashlib.blake2b(named, digest_size=10).hexdigest(),
    )
