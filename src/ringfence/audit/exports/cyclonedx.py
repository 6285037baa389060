"""CycloneDX 1.6 and 1.7, read only: components of the types `data` and `file`, and the models that made them.

What a component doesn't say is taken from the subject of the document. Sources: https://cyclonedx.org/docs/1.7/json/,
https://cyclonedx.org/capabilities/mlbom/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import ensure_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import RawFields

_DATA = ("data", "file")
_MODEL = "machine-learning-model"
_REFERENCES = ("source-distribution", "distribution", "vcs", "website")  # where something was taken from, best first


def can_parse(document: dict[str, Any]) -> bool:
    """Say whether a document is CycloneDX."""
    return document.get("bomFormat") == "CycloneDX"


def parse_document(document: dict[str, Any]) -> Iterator[RawFields]:
    """Yield the fields of each component with data that has a digest, or is a file."""
    metadata = _get_object(document, "metadata")
    subject = _get_object(metadata, "component")
    components = list(_iter_components([subject, *ensure_list(document.get("components"))]))
    by_reference = {str(item["bom-ref"]): item for item in components if "bom-ref" in item}
    needed = {
        str(item.get("ref")): [by_reference.get(str(end), {}) for end in ensure_list(item.get("dependsOn"))]
        for item in ensure_list(document.get("dependencies"))
        if isinstance(item, dict)
    }
    for item in components:
        if item.get("type") in _DATA and (item.get("hashes") or item.get("type") == "file"):
            both = subject | item
            models = [*_list_ancestors(item), *needed.get(str(item.get("bom-ref")), [])]
            yield {
                "path": ("name", item.get("name")),
                "sha256": ("hashes", _list_digests(item)),
                "licence": ("licenses", _list_licences(both)),
                "by": ("publisher", _find_person(both, metadata)),
                "collected": ("metadata.timestamp", metadata.get("timestamp")),
                "source": ("externalReferences", _list_sources(both)),
                "generator": ("pedigree", list(dict.fromkeys(filter(None, map(_name_model, models))))),
            }


def _iter_components(items: list[Any]) -> Iterator[dict[str, Any]]:
    """Yield components, and those that they are made of, in the document's order."""
    pending = items[::-1]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            yield item
            pending += ensure_list(item.get("components"))[::-1]


def _list_ancestors(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in ensure_list(_get_object(item, "pedigree").get("ancestors")) if isinstance(each, dict)]


def _name_model(item: dict[str, Any]) -> str:
    """Return a model as a generator is named: `VENDOR/PRODUCT MODEL` as ringfence writes it, else its name; "" else."""
    name, product = item.get("name"), _get_property(item, "ringfence:product")
    if item.get("type") != _MODEL or not isinstance(name, str):
        return ""
    return f"{item.get('publisher')}/{product} {name}" if product else name


def _list_digests(item: dict[str, Any]) -> list[Any]:
    hashes = (each for each in ensure_list(item.get("hashes")) if isinstance(each, dict))
    return [each.get("content") for each in hashes if each.get("alg") == "SHA-256"]


def _list_licences(item: dict[str, Any]) -> list[Any]:
    """Return the licences: SPDX expressions, ids, or names."""
    found = []
    for choice in ensure_list(item.get("licenses")):
        if isinstance(choice, dict):
            licence = _get_object(choice, "license")
            found.append(choice.get("expression") or licence.get("id") or licence.get("name"))
    return found


def _find_person(item: dict[str, Any], metadata: dict[str, Any]) -> Any:
    """Return who is said to have collected it: publisher, supplier, author or manufacturer, else the document's."""
    for place in (item, metadata):
        for key in ("publisher", "supplier", "author", "authors", "manufacturer"):
            if place.get(key):
                return place[key]
    return None


def _list_sources(item: dict[str, Any]) -> list[Any]:
    found = [each for each in ensure_list(item.get("externalReferences")) if isinstance(each, dict)]
    for kind in _REFERENCES:
        if addresses := [each.get("url") for each in found if each.get("type") == kind]:
            return addresses
    return [item["purl"]] if item.get("purl") else []


def _get_object(item: dict[str, Any], key: str) -> dict[str, Any]:
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def _get_property(item: dict[str, Any], name: str) -> Any:
    for each in ensure_list(item.get("properties")):
        if isinstance(each, dict) and each.get("name") == name:
            return each.get("value")
    return None
