"""SPDX 3.0.1 with the profiles Core, Software and Dataset: files, and snippets with the lines that a tool wrote.

Source: https://spdx.github.io/spdx-spec/v3.0.1/.
"""

from __future__ import annotations

import urllib.parse
import uuid
from typing import TYPE_CHECKING, Any

from .facts import iter_file_facts, name_agent, name_source

if TYPE_CHECKING:
    import datetime as dt

    from ...git.objects import Objects
    from ..trace.model import Piece, Trace

_BASE = "https://spdx.org/rdf/3.0.1/"


class _Graph:
    """The elements of a document, each with an id of its own."""

    def __init__(self) -> None:
        self.base = f"urn:uuid:{uuid.uuid4()}#"
        self.elements: list[dict[str, Any]] = []
        self._agents: dict[str, str] = {}

    def add(self, kind: str, **more: Any) -> str:
        """Add an element and return its id."""
        element = f"{self.base}{len(self.elements)}"
        self.elements.append({"type": kind, "spdxId": element, "creationInfo": "_:creation", **more})
        return element

    def relate(self, start: str, how: str, ends: list[str]) -> None:
        """Add a relationship."""
        self.add("Relationship", **{"from": start, "relationshipType": how, "to": ends})

    def find_agent(self, name: str) -> str:
        """Return the id of a tool, which is added once."""
        if name not in self._agents:
            self._agents[name] = self.add("SoftwareAgent", name=name)
        return self._agents[name]


def build_document(trace: Trace, objects: Objects, now: dt.datetime) -> dict[str, Any]:
    """Return the document of a traced commit: a data set, its files, and in them a snippet for each run of lines."""
    graph = _Graph()
    created = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    tool = graph.find_agent("ringfence")
    files: list[str] = []
    written: dict[str, list[str]] = {}
    for facts in iter_file_facts(trace, objects):
        blob = {"externalIdentifierType": "gitoid", "identifier": _name_blob(facts.file.blob)}
        file = graph.add(
            "software_File",
            name=facts.path,
            verifiedUsing=[{"type": "Hash", "algorithm": "sha256", "hashValue": facts.sha256}],
            externalIdentifier=[{"type": "ExternalIdentifier", **blob}],
            software_fileKind="file",
        )
        files.append(file)
        for piece in facts.pieces:
            part = _add_snippet(graph, file, piece) if piece.first else file
            written.setdefault(name_agent(piece.origin), []).append(part)
    for agent, parts in written.items():
        graph.relate(graph.find_agent(agent), "generates", list(dict.fromkeys(parts)))
    package = graph.add(
        "dataset_DatasetPackage",
        name=trace.repository,
        comment=f"Files of commit {trace.commit} that AI tools wrote or helped to write.",
        originatedBy=[tool],
        builtTime=created,
        releaseTime=created,
        software_downloadLocation=f"urn:git:{urllib.parse.quote(trace.commit)}",
        software_packageVersion=trace.commit,
        software_primaryPurpose="data",
        dataset_datasetType=["noAssertion"],
    )
    if files:
        graph.relate(package, "contains", files)
    profiles = {"name": trace.repository, "profileConformance": ["core", "software", "dataset"]}
    graph.add("SpdxDocument", **profiles, rootElement=[package], element=[item["spdxId"] for item in graph.elements])
    creation = {
        "type": "CreationInfo", "@id": "_:creation", "specVersion": "3.0.1", "created": created, "createdBy": [tool],
    }  # fmt: skip
    return {"@context": f"{_BASE}spdx-context.jsonld", "@graph": [creation, *graph.elements]}


def _add_snippet(graph: _Graph, file: str, piece: Piece) -> str:
    origin = piece.origin
    lines = {"type": "PositiveIntegerRange", "beginIntegerRange": piece.first, "endIntegerRange": piece.last}
    return graph.add(
        "software_Snippet",
        name=f"lines {piece.first}-{piece.last}",
        comment=f"{origin.evidence}, {origin.strength}: {name_source(origin)}",
        software_lineRange=lines,
        software_snippetFromFile=file,
    )


def _name_blob(blob: str) -> str:
    """Return the id of a content as a gitoid."""
    kind = "sha1" if len(blob) == 40 else "sha256"  # noqa: PLR2004 - hexadecimal digits of SHA-1
    return f"gitoid:blob:{kind}:{blob}"
