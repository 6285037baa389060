"""SPDX 3.0.1, a dataset package for each file, with the profiles Core, Software, SimpleLicensing and Dataset.

Source: https://spdx.github.io/spdx-spec/v3.0.1/.
"""

from __future__ import annotations

import re
import urllib.parse
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from .base import ExportFormat, ensure_list

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from .base import File, RawFields

    Relations = defaultdict[str, list[str]]

_BASE = "https://spdx.org/rdf/3.0.1/"
_IDS = r"\(*[\w.:+-]+\)*"  # a licence's id, which may be in brackets
_EXPRESSION = re.compile(rf"{_IDS}( (AND|OR|WITH) {_IDS})*", re.ASCII)


def build_document(files: list[File], now: dt.datetime, name: str) -> dict[str, Any]:
    """Return the document, with `now` as its release time and without concluded licences."""
    base, created = f"urn:uuid:{uuid.uuid4()}#", now.strftime("%Y-%m-%dT%H:%M:%SZ")
    graph: list[dict[str, Any]] = []

    def add_element(kind: str, **more: Any) -> str:
        graph.append({"type": kind, "spdxId": f"{base}{len(graph)}", "creationInfo": "_:creation", **more})
        return str(graph[-1]["spdxId"])

    def add_relation(start: str, how: str, end: str) -> None:
        add_element("Relationship", **{"from": start, "relationshipType": how, "to": [end]})

    tool = add_element("SoftwareAgent", name="ringfence")
    people = {file[key] for file in files for key in ("by", "generator")}
    agents = {agent: add_element("Agent", name=agent) for agent in sorted(people)}
    licences = {text: add_element(**_build_licence(text)) for text in sorted({file["licence"] for file in files})}
    packages = []
    for file in files:
        packages.append(
            add_element(
                "dataset_DatasetPackage",
                name=file["path"],
                verifiedUsing=[{"type": "Hash", "algorithm": "sha256", "hashValue": file["sha256"]}],
                originatedBy=[agents[file["by"]]],
                builtTime=f"{file['collected']}T00:00:00Z",
                releaseTime=created,
                software_downloadLocation=urllib.parse.quote(file["path"]),
                software_primaryPurpose="data",
                dataset_datasetType=["noAssertion"],
                dataset_dataCollectionProcess=file["source"],
            )
        )
        add_relation(packages[-1], "hasDeclaredLicense", licences[file["licence"]])
        add_relation(packages[-1], "hasConcludedLicense", f"{_BASE}terms/ExpandedLicensing/NoAssertionLicense")
        add_relation(agents[file["generator"]], "generates", packages[-1])
    document = {"name": name, "profileConformance": ["core", "software", "simpleLicensing", "dataset"]}
    add_element("SpdxDocument", **document, rootElement=packages, element=[item["spdxId"] for item in graph])
    creation = {
        "type": "CreationInfo",
        "@id": "_:creation",
        "specVersion": "3.0.1",
        "created": created,
        "createdBy": [tool],
    }
    return {"@context": f"{_BASE}spdx-context.jsonld", "@graph": [creation, *graph]}


def _build_licence(text: str) -> dict[str, str]:
    """Return the element of a licence: an SPDX expression where the text has that form, else a free text."""
    if _EXPRESSION.fullmatch(text):
        return {"kind": "simplelicensing_LicenseExpression", "simplelicensing_licenseExpression": text}
    return {"kind": "simplelicensing_SimpleLicensingText", "simplelicensing_licenseText": text}


def can_parse(document: dict[str, Any]) -> bool:
    """Say whether a document is SPDX 3."""
    return "@graph" in document and "spdx.org/rdf/3." in str(document.get("@context"))


def parse_document(document: dict[str, Any]) -> Iterator[RawFields]:
    """Yield the fields of each dataset package."""
    graph = [item for item in ensure_list(document["@graph"]) if isinstance(item, dict)]
    elements = {item["spdxId"]: item for item in graph if isinstance(item.get("spdxId"), str)}
    licensed, _ = _index_relations(graph, "hasDeclaredLicense")
    _, generators = _index_relations(graph, "generates")
    for item in graph:
        if item.get("type") != "dataset_DatasetPackage":
            continue
        own = str(item.get("spdxId"))
        licences = [elements.get(end, {}) for end in licensed[own]]
        terms = ("simplelicensing_licenseExpression", "simplelicensing_licenseText")
        hashes = [each for each in ensure_list(item.get("verifiedUsing")) if isinstance(each, dict)]
        yield {
            "path": ("software_downloadLocation", item.get("software_downloadLocation")),
            "source": ("dataset_dataCollectionProcess", item.get("dataset_dataCollectionProcess")),
            "collected": ("builtTime", item.get("builtTime")),
            "by": (
                "originatedBy",
                [elements.get(str(agent), {}).get("name") for agent in ensure_list(item.get("originatedBy"))],
            ),
            "generator": ("generates", [elements.get(start, {}).get("name") for start in generators[own]]),
            "licence": ("hasDeclaredLicense", [each[term] for each in licences for term in terms if term in each]),
            "sha256": (
                "verifiedUsing",
                [each.get("hashValue") for each in hashes if each.get("algorithm") == "sha256"],
            ),
        }


def _index_relations(graph: list[dict[str, Any]], how: str) -> tuple[Relations, Relations]:
    """Return the relationships of a type, as targets by source and as sources by target."""
    targets, sources = defaultdict(list), defaultdict(list)
    for item in graph:
        if item.get("relationshipType") == how:
            for end in ensure_list(item.get("to")):
                targets[str(item.get("from"))].append(str(end))
                sources[str(end)].append(str(item.get("from")))
    return targets, sources


FORMAT = ExportFormat(build_document, can_parse, parse_document)
