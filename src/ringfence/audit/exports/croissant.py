"""Croissant 1.0, schema.org's vocabulary for data sets of machine learning.

Source: https://docs.mlcommons.org/croissant/docs/croissant-spec.html.
"""

from __future__ import annotations

import mimetypes
import urllib.parse
from typing import TYPE_CHECKING, Any

from .base import ExportFormat, ensure_list

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from .base import File, RawFields

BASE = "http://mlcommons.org/croissant/"
TYPES = {".jsonl": "application/jsonlines", ".parquet": "application/vnd.apache.parquet"}  # Python 3.11 knows neither
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": BASE,
    "dct": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
}


def build_document(files: list[File], now: dt.datetime, name: str) -> dict[str, Any]:
    """Return a `sc:Dataset` of the files; its licences and creators are those of the files."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": f"{BASE}1.0",
        "name": name,
        "description": "The files that PROVENANCE.toml describes.",
        "url": "./",
        "datePublished": now.date().isoformat(),
        "license": sorted({file["licence"] for file in files}),
        "creator": [{"@type": "Organization", "name": by} for by in sorted({file["by"] for file in files})],
        "distribution": [_build_file_object(file) for file in files],
    }


def _build_file_object(file: File) -> dict[str, Any]:
    suffix = "." + file["path"].rpartition(".")[2].lower()
    return {
        "@type": "cr:FileObject",
        "@id": urllib.parse.quote(file["path"]),
        "name": file["path"],
        "contentUrl": urllib.parse.quote(file["path"]),
        "encodingFormat": TYPES.get(suffix) or mimetypes.types_map.get(suffix, "application/octet-stream"),
        "sha256": file["sha256"],
        "license": file["licence"],
        "creator": {"@type": "Organization", "name": file["by"]},
        "dateCreated": file["collected"],
        "prov:wasDerivedFrom": {"@type": "prov:Entity", "name": file["source"]},
        "prov:wasGeneratedBy": {
            "@type": "prov:Activity",
            "prov:wasAssociatedWith": {"@type": "prov:Agent", "name": file["generator"]},
        },
    }


def can_parse(document: dict[str, Any]) -> bool:
    """Say whether a document lists the files of a data set."""
    return "distribution" in document


def parse_document(document: dict[str, Any]) -> Iterator[RawFields]:
    """Yield the fields of each file; a field that a file lacks is taken from the data set."""
    for item in ensure_list(document.get("distribution")):
        own = item if isinstance(item, dict) else {}
        both = document | own
        derived = "prov:wasDerivedFrom" if "prov:wasDerivedFrom" in both else "isBasedOn"
        names = {"licence": "license", "by": "creator", "collected": "dateCreated", "source": derived,
                 "generator": "prov:wasGeneratedBy"}  # fmt: skip
        yield {
            "path": ("contentUrl", own.get("contentUrl")),
            "sha256": ("sha256", own.get("sha256")),
            **{key: (name, both.get(name)) for key, name in names.items()},
        }


FORMAT = ExportFormat(build_document, can_parse, parse_document)
