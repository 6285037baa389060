"""Croissant 1.0, schema.org's vocabulary for data sets of machine learning.

Source: https://docs.mlcommons.org/croissant/docs/croissant-spec.html.
"""

from __future__ import annotations

import mimetypes
import posixpath
import urllib.parse
from typing import TYPE_CHECKING, Any

from .base import ExportFormat, ensure_list

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from .base import File, RawFields

BASE = "http://mlcommons.org/croissant/"
_PATTERNS = ("includes", "excludes")
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
    """Yield the fields of each file and set of files; one that it lacks is taken from the data set.

    A set inside an archive is described with the archive. What is a repository or a folder is no file.
    """
    items = [item if isinstance(item, dict) else {} for item in ensure_list(document.get("distribution"))]
    folders = {str(item.get("@id")): folder for item in items if (folder := _find_folder(item)) is not None}
    for own in items:
        both = document | own
        derived = "prov:wasDerivedFrom" if "prov:wasDerivedFrom" in both else "isBasedOn"
        names = {"licence": "license", "by": "creator", "collected": "dateCreated", "source": derived,
                 "generator": "prov:wasGeneratedBy"}  # fmt: skip
        told = {key: (name, both.get(name)) for key, name in names.items()}
        if str(own.get("@type")).rpartition(":")[2] == "FileSet":
            holders = [_name(each) for each in ensure_list(own.get("containedIn"))]
            if all(holder in folders for holder in holders):
                prefix = folders[holders[0]] if holders else ""
                patterns = {key: [prefix + _name(each) for each in ensure_list(own.get(key))] for key in _PATTERNS}
                yield {key: (key, "\n".join(lines)) for key, lines in patterns.items()} | told
        elif _find_folder(own) is None:
            yield {
                "path": ("contentUrl", own.get("contentUrl")),
                "sha256": ("sha256", own.get("sha256")),
                **told,
            }


def _find_folder(item: dict[str, Any]) -> str | None:
    """Return what the paths of an item begin with which is a repository, or a folder in it; None for any other."""
    encoding = str(item.get("encodingFormat"))
    if encoding.startswith("git+"):
        return ""
    if encoding != "inode/directory":
        return None
    path = posixpath.normpath(urllib.parse.unquote(_name(item.get("contentUrl"))))
    return "" if path == "." else f"{path}/"


def _name(value: Any) -> str:
    """Return a text, or the id of an object that stands for one."""
    return str(value.get("@id", "")) if isinstance(value, dict) else value if isinstance(value, str) else ""


FORMAT = ExportFormat(build_document, can_parse, parse_document)
