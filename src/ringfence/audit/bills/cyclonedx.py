"""CycloneDX 1.7: each file with its digest and SWHID, and in its pedigree the models and tools that wrote in it.

All of it stands in parts that a library keeps which reads and writes a document again (cyclonedx-python-lib 11.12
drops `data`, `modelCard` and `citations` in silence). Source: https://cyclonedx.org/docs/1.7/json/.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from ... import __version__
from .facts import iter_file_facts, name_source

if TYPE_CHECKING:
    import datetime as dt

    from ...git.objects import Objects
    from ..trace.model import Origin, Piece, Trace
    from .facts import FileFacts

_SHA1_DIGITS = 40


def build_document(trace: Trace, objects: Objects, now: dt.datetime) -> dict[str, Any]:
    """Return the bill of a traced commit: the repository as a data component, which depends on its files."""
    files = [_build_file(number, facts) for number, facts in enumerate(iter_file_facts(trace, objects), 1)]
    tool = {"type": "application", "name": "ringfence", "version": __version__}
    repository = {"type": "data", "bom-ref": "repository", "name": trace.repository, "version": trace.commit}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "tools": {"components": [tool]}, "component": repository,
        },
        "components": files,
        "dependencies": [{"ref": "repository", "dependsOn": [file["bom-ref"] for file in files]}],
    }  # fmt: skip


def _build_file(number: int, facts: FileFacts) -> dict[str, Any]:
    reference = f"file-{number}"
    by_origin: dict[Origin, list[Piece]] = {}
    for piece in facts.pieces:
        by_origin.setdefault(piece.origin, []).append(piece)
    ancestors = [
        _build_ancestor(f"{reference}-{index}", origin, own) for index, (origin, own) in enumerate(by_origin.items(), 1)
    ]
    file = {
        "type": "file",
        "bom-ref": reference,
        "name": facts.path,
        "hashes": [{"alg": "SHA-256", "content": facts.sha256}],
        "pedigree": {"ancestors": ancestors},
        "properties": [{"name": "ringfence:size", "value": str(facts.size)}],
    }
    return file | ({"swhid": [f"swh:1:cnt:{facts.file.blob}"]} if len(facts.file.blob) == _SHA1_DIGITS else {})


def _build_ancestor(reference: str, origin: Origin, pieces: list[Piece]) -> dict[str, Any]:
    """Return the model that wrote pieces of a file, or the tool where no model is named."""
    told = {
        "product": origin.product, "source": name_source(origin), "evidence": origin.evidence,
        "strength": origin.strength,
    }  # fmt: skip
    lines = [("lines", f"{piece.first}-{piece.last}") for piece in pieces if piece.first]
    rows = [("row", str(piece.row)) for piece in pieces if piece.row]
    return {
        "type": "machine-learning-model" if origin.model else "application",
        "bom-ref": reference,
        "name": origin.model or origin.product,
        "publisher": origin.vendor,
        "properties": [
            {"name": f"ringfence:{name}", "value": text} for name, text in (*told.items(), *lines, *rows) if text
        ],
    }
