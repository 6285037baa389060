"""Croissant 1.1: the files of the commit that a tool wrote or helped to write, with PROV's terms for who and from what.

It has no place for lines: their numbers stand in the description of what a file was derived from.
Source: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html.
"""

from __future__ import annotations

import mimetypes
import urllib.parse
from typing import TYPE_CHECKING, Any

from ..exports.croissant import BASE, CONTEXT, TYPES
from .facts import iter_file_facts, name_agent, name_source

if TYPE_CHECKING:
    import datetime as dt

    from ...git.objects import Objects
    from ..trace.model import Origin, Piece, Trace
    from .facts import FileFacts


def build_document(trace: Trace, objects: Objects, now: dt.datetime) -> dict[str, Any]:
    """Return a `sc:Dataset` of the files that come from tools in part."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": f"{BASE}1.1",
        "name": trace.repository,
        "description": f"Files of commit {trace.commit} that AI tools wrote or helped to write.",
        "url": "./",
        "version": f"0.0.0+{trace.commit}",
        "datePublished": now.date().isoformat(),
        "license": "https://spdx.org/licenses/NOASSERTION",
        "creator": {"@type": "Organization", "name": trace.repository},
        "distribution": [_build_file(facts) for facts in iter_file_facts(trace, objects)],
    }


def _build_file(facts: FileFacts) -> dict[str, Any]:
    by_origin: dict[Origin, list[Piece]] = {}
    for piece in facts.pieces:
        by_origin.setdefault(piece.origin, []).append(piece)
    suffix = "." + facts.path.rpartition(".")[2].lower()
    path = urllib.parse.quote(facts.path)
    agents = list(dict.fromkeys(map(name_agent, by_origin)))
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": facts.path,
        "contentUrl": path,
        "contentSize": f"{facts.size} B",
        "encodingFormat": TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream"),
        "sha256": facts.sha256,
        "prov:wasAttributedTo": [{"@type": "prov:SoftwareAgent", "name": agent} for agent in agents],
        "prov:wasDerivedFrom": [
            {"@type": "prov:Entity", "@id": _build_source_id(origin), "name": name_source(origin),
             "description": _describe(own)}
            for origin, own in by_origin.items()
        ],
        "prov:wasGeneratedBy": [
            {"@type": "prov:Activity", "name": f"commit {origin.commit}",
             "prov:wasAssociatedWith": {"@type": "prov:SoftwareAgent", "name": name_agent(origin)}}
            for origin in by_origin
        ],
    }  # fmt: skip


def _build_source_id(origin: Origin) -> str:
    """Return the SWHID of a commit, or a name for a session."""
    is_commit = len(origin.commit) == 40  # noqa: PLR2004 - SHA-1, which SWHIDs are made of
    return f"swh:1:rev:{origin.commit}" if is_commit else f"urn:session:{urllib.parse.quote(origin.commit)}"


def _describe(pieces: list[Piece]) -> str:
    parts = [
        f"lines {piece.first}-{piece.last}" if piece.first else f"row {piece.row}" if piece.row else "the whole file"
        for piece in pieces
    ]
    return ", ".join(parts)
