"""Agent Trace 0.1.0: one record for the commit, with ranges of lines by the model that wrote them.

It knows lines of text only: binary files and rows of data are left out. Source: https://agent-trace.dev.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ... import __version__
from .facts import iter_file_facts

if TYPE_CHECKING:
    import datetime as dt

    from ...git.objects import Objects
    from ..trace.model import Origin, Piece, Trace

_LONGEST_ID = 250  # characters of a model's id


def build_document(trace: Trace, objects: Objects, now: dt.datetime) -> dict[str, Any]:
    """Return the record of a traced commit."""
    files = [
        {"path": facts.path, "conversations": conversations}
        for facts in iter_file_facts(trace, objects)
        if (conversations := _build_conversations(facts.pieces))
    ]
    return {
        "version": "0.1.0",
        "id": str(uuid.uuid4()),
        "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "vcs": {"type": "git", "revision": trace.commit},
        "tool": {"name": "ringfence", "version": __version__},
        "files": files,
        "metadata": {"org.ringfence": {"repository": trace.repository}},
    }


def _build_conversations(pieces: list[Piece]) -> list[dict[str, Any]]:
    """Return the ranges of each origin, with the commit in which they were written as a related resource."""
    by_origin: dict[Origin, list[Piece]] = {}
    for piece in pieces:
        if piece.first:
            by_origin.setdefault(piece.origin, []).append(piece)
    return [
        {
            "contributor": {"type": "ai", "model_id": _build_model_id(origin)},
            "ranges": [{"start_line": piece.first, "end_line": piece.last} for piece in own],
            "related": [{"type": origin.evidence, "url": f"urn:git:{origin.commit}"}],
        }
        for origin, own in by_origin.items()
    ]


def _build_model_id(origin: Origin) -> str:
    """Return vendor and model, or the product where no model is named, as models.dev writes them."""
    return f"{origin.vendor}/{origin.model or origin.product}"[:_LONGEST_ID]
