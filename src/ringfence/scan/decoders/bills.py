"""Bills of materials in JSON that say which models made data: SPDX 3 and CycloneDX.

Each such model is given as a row with a generator field, so that it is judged as one in the data itself. A model that
such a document describes for another reason, as a part of a program or as what was trained, is none.

Sources: https://spdx.github.io/spdx-spec/v3.0.1/model/Core/Vocabularies/RelationshipType/ (`generates`),
https://cyclonedx.org/docs/1.7/json/ (`machine-learning-model`, `pedigree`, `dependencies`).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from ...excerpts import sanitise_text
from .base import UnreadableError, build_piece

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .base import Budget, Piece, Stream

    Pair = tuple[str, str]  # the name of a model, and of what it made

_MAX_SIZE = 64 << 20  # bytes; it is parsed in memory
_DATA = ("data", "file")
_MODEL = "machine-learning-model"
_TOOL = "application"
_MAX_NAME = 100  # characters of what a model made that are shown


def decode_bill(stream: Stream, budget: Budget) -> Iterator[Piece]:
    """Yield the models that made data, a row each; nothing for JSON that only resembles such a document.

    Raises:
        UnreadableError: It has more than 64 MiB.
    """
    data = stream.read(_MAX_SIZE)
    if stream.read(1):
        raise UnreadableError(f"it has more than {_MAX_SIZE} bytes")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return  # its text is scanned in any case
    if not isinstance(document, dict):
        return
    pairs = list(dict.fromkeys(_iter_cyclonedx(document) if "bomFormat" in document else _iter_spdx(document)))
    rows = [json.dumps({"generated_by": model, "output": made}).encode() + b"\n" for model, made in pairs]
    starts: list[int] = []
    for row in rows:
        budget.count_member()
        starts.append(starts[-1] + len(row) if starts else len(row))
    if rows:

        def get_place(offset: int) -> str:
            return f"what made {sanitise_text(pairs[bisect_right(starts, offset)][1])[:_MAX_NAME]}"

        yield build_piece("", b"".join(rows), get_place=get_place)


def _iter_spdx(document: dict[str, Any]) -> Iterator[Pair]:
    """Yield the agents and models that generate an element."""
    graph = [item for item in _list(document.get("@graph")) if isinstance(item, dict)]
    names = {str(item.get("spdxId") or item.get("@id")): _text(item.get("name")) for item in graph}
    for item in graph:
        if _text(item.get("relationshipType")).rpartition("/")[2] == "generates":
            start = _text(item.get("from"))
            for end in _list(item.get("to")):
                yield names.get(start) or start, names.get(_text(end)) or _text(end)


def _iter_cyclonedx(document: dict[str, Any]) -> Iterator[Pair]:
    """Yield the models in the pedigree of a component, in or below data, and those that data depends on.

    The tools in the pedigree of data, too: what a tool wrote without saying by which model.
    """
    metadata = document.get("metadata")
    subject = metadata.get("component") if isinstance(metadata, dict) else None
    components = _list(document.get("components"))
    known: dict[str, dict[str, Any]] = {}
    if isinstance(subject, dict):
        yield from _iter_component(subject, "", known)
        about = _text(subject.get("name")) if subject.get("type") in _DATA else ""
    else:
        is_data = any(isinstance(item, dict) and item.get("type") == "data" for item in components)
        about = "data" if is_data else ""
    for item in components:
        yield from _iter_component(item, about, known)
    for item in _list(document.get("dependencies")):
        maker = known.get(_text(item.get("ref")), {}) if isinstance(item, dict) else {}
        if maker.get("type") in _DATA:
            ends = (known.get(_text(end), {}) for end in _list(item.get("dependsOn")))
            yield from _name_models((end for end in ends if end.get("type") == _MODEL), _text(maker.get("name")))


def _iter_component(component: Any, about: str, known: dict[str, dict[str, Any]]) -> Iterator[Pair]:
    """Yield the models in a component and what is below it; `about` is the data that it is a part of, or ""."""
    pending = [(component, about)]
    while pending:
        item, made = pending.pop()
        if not isinstance(item, dict):
            continue
        known[_text(item.get("bom-ref"))] = item
        if made and item.get("type") == _MODEL:
            yield from _name_models([item], made)
        name = _text(item.get("name"))
        pedigree = item.get("pedigree")
        ancestors = _list(pedigree.get("ancestors")) if isinstance(pedigree, dict) else []
        if item.get("type") in _DATA:
            yield from _name_models((each for each in ancestors if _get_type(each) == _TOOL), name)
        # What a model descends from is no data.
        pending += [(each, made if item.get("type") == _MODEL else name or "it") for each in ancestors]
        pending += [(each, name if item.get("type") in _DATA else made) for each in _list(item.get("components"))]


def _name_models(models: Iterable[dict[str, Any]], made: str) -> Iterator[Pair]:
    for model in models:
        group = _text(model.get("group"))
        yield "/".join(filter(None, (group, _text(model.get("name"))))), made or "data"


def _get_type(component: Any) -> str:
    return _text(component.get("type")) if isinstance(component, dict) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
