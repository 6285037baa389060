"""Makes findings; loaded only when there is one to make."""

from __future__ import annotations

import hashlib

from .. import excerpts
from ..model import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Location
    from ..policy.markers.catalogue import Marker


def build_finding(
    marker: Marker, action: str, tag: str, commit: str, part: str, path: bytes, line: int, count: int, excerpt: str,
    context: bytes = b"", model: tuple[str, str] = ("", ""), place: str = "",
    also: tuple[Location, ...] = (),
) -> Finding:  # fmt: skip
    """Make a finding. `context` is what tells two like findings without a path apart: the text they stand in."""
    shown = excerpts.format_path(path)
    named = b"\0".join((marker.id.encode(), path or part.encode(), excerpt.encode(), context))
    return Finding(
        marker=marker.id,
        vendor=marker.vendor,
        product=marker.product,
        kind=marker.kind,
        strength=marker.strength,
        evidence=classify_evidence(marker, part),
        model=model[0],
        model_vendor=model[1],
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
        place=place,
        also=also,
    )


def classify_evidence(marker: Marker, part: str) -> str:
    """Say by what a mark is known: what somebody states, who acts, what a tool leaves, or only what is spoken of."""
    if marker.kind in ("trailer", "declaration", "provenance", "disclosure", "retention") or (
        marker.kind == "identity" and part in ("message", "header")
    ):
        return "declared"
    if marker.kind in ("identity", "environment", "process", "account", "address"):
        return "identity"
    if marker.strength == "weak":
        return "mention"
    return "declared" if marker.kind == "message" else "artefact"
