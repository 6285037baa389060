"""Builds findings; loaded only when there is one."""

from __future__ import annotations

import hashlib

from .. import excerpts
from ..model import Finding

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..model import Occurrence
    from ..policy.markers.catalogue import Marker

_DECLARING_KINDS = ("trailer", "credit", "declaration", "provenance", "disclosure", "retention")
_IDENTITY_KINDS = ("identity", "environment", "process", "account", "address", "wall")


def build_finding(
    marker: Marker, action: str, tag: str, occurrence: Occurrence, model: tuple[str, str] = ("", "")
) -> Finding:
    """Build a finding: a marker where it occurs, the action that a tag asks for, and the model named beside it."""
    path = occurrence.path or occurrence.part.encode()
    return Finding(
        marker=marker.id,
        vendor=marker.vendor,
        product=marker.product,
        kind=marker.kind,
        strength=marker.strength,
        evidence=classify_evidence(marker, occurrence.part),
        model=model[0],
        model_vendor=model[1],
        action=action,
        commit=occurrence.commit,
        part=occurrence.part,
        path=excerpts.format_path(occurrence.path),
        line=occurrence.line,
        count=occurrence.count,
        excerpt=occurrence.excerpt,
        tag=tag,
        why=marker.why,
        fingerprint=compute_fingerprint(marker.id, path, occurrence.excerpt, occurrence.context),
        place=occurrence.place,
        also=occurrence.also,
        origin=occurrence.origin,
    )


def compute_fingerprint(marker: str, path: bytes, excerpt: str, context: bytes = b"") -> str:
    """Return the digest that names a mark: of its marker, its path or part, its excerpt and what is around that."""
    identity = b"\0".join((marker.encode(), path, excerpt.encode(), context))
    return hashlib.blake2b(identity, digest_size=10).hexdigest()


def classify_evidence(marker: Marker, part: str) -> str:
    """Return what a finding rests on: a declaration, an identity, an artefact, recorded output, a use, a mention."""
    if marker.kind == "ingredient":
        return "ingredient"
    if marker.kind in ("use", "extraction"):
        return "use"
    if marker.kind in _DECLARING_KINDS or (marker.kind == "identity" and part in ("message", "header")):
        return "declared"
    if marker.kind in _IDENTITY_KINDS:
        return "identity"
    if marker.strength == "weak":
        return "mention"
    return "declared" if marker.kind == "message" else "artefact"
