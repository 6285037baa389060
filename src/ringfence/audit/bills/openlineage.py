"""OpenLineage 2.0.2: one event of a run, whose output is the commit and whose inputs are where its texts come from.

Which files and lines came from which input stands in a facet of ours, as its rules for such facets allow.
Source: https://openlineage.io/spec/2-0-2/OpenLineage.json.
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

_SPEC = "https://openlineage.io/spec"
_PRODUCER = f"urn:ringfence:{__version__}"
_NAMESPACE = "git"
_KEPT = ("vendor", "product", "model", "evidence", "strength", "path", "written")  # of an origin, beside its commit


def build_document(trace: Trace, objects: Objects, now: dt.datetime) -> dict[str, Any]:
    """Return the event of a traced commit."""
    inputs: dict[Origin, int] = {}
    files = [
        {
            "path": facts.path, "blob": facts.file.blob, "sha256": facts.sha256,
            "pieces": [_build_piece(piece, inputs) for piece in facts.pieces],
        }
        for facts in iter_file_facts(trace, objects)
    ]  # fmt: skip
    version = {
        "_producer": _PRODUCER,
        "_schemaURL": f"{_SPEC}/facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet",
        "datasetVersion": trace.commit,
    }
    facets = {"version": version, "ringfence_ingredients": {**_begin_facet("ingredients"), "files": files}}
    return {
        "eventTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "producer": _PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "eventType": "COMPLETE",
        "run": {"runId": str(uuid.uuid4())},
        "job": {"namespace": "ringfence", "name": "trace"},
        "inputs": [_build_input(origin) for origin in inputs],
        "outputs": [{"namespace": _NAMESPACE, "name": trace.repository, "facets": facets}],
    }


def _build_input(origin: Origin) -> dict[str, Any]:
    about = {name: text for name in _KEPT if (text := getattr(origin, name))}
    return {
        "namespace": _NAMESPACE,
        "name": f"{origin.repository}@{origin.commit}",
        "facets": {"ringfence_origin": {**_begin_facet("origin"), **about}},
    }


def _build_piece(piece: Piece, inputs: dict[Origin, int]) -> dict[str, Any]:
    """Return the place of a piece, and the number of its input from 0, to which a new one is added."""
    place = {"start_line": piece.first, "end_line": piece.last, "row": piece.row, "field": piece.field}
    return {name: item for name, item in place.items() if item} | {
        "input": inputs.setdefault(piece.origin, len(inputs))
    }


def _begin_facet(name: str) -> dict[str, Any]:
    return {"_producer": _PRODUCER, "_schemaURL": f"urn:ringfence:facet:{name}:1"}
