"""Cards of data sets (Hugging Face's README.md): what their head of YAML says of who made the rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

from .base import UnreadableError, build_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Piece

# Keys of which a card has some, and the head of a page or of a prompt has none.
_KEYS = frozenset(
    ("annotations_creators", "configs", "dataset_info", "language_creators", "multilinguality", "pretty_name",
     "size_categories", "source_datasets", "synthetic", "task_categories", "task_ids")
)  # fmt: skip
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def decode_card(head: bytes) -> Iterator[Piece]:
    """Yield a card's fields as an object of JSON, and its tags as what may name a model and needn't.

    Raises:
        UnreadableError: It refers to parts of itself, and could grow without end.
    """
    front = head.decode("utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\n").partition("\n---")[0]
    try:
        events = list(yaml.parse(front, _Loader))
        if _KEYS.isdisjoint(event.value for event in events if isinstance(event, yaml.ScalarEvent)):
            return  # other YAML begins so too
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise UnreadableError("it refers to parts of itself")
        told = yaml.load(front, _Loader)  # noqa: S506 - it is a safe one
    except (yaml.YAMLError, ValueError):
        return  # no card, and read as the text that it is
    if not isinstance(told, dict) or _KEYS.isdisjoint(told):
        return
    yield build_piece("card", json.dumps(told, default=str).encode(), where=lambda _: "")
    if tags := [tag for tag in told.get("tags") or () if isinstance(tag, str)]:
        yield build_piece("card", b' "generated_by": ' + json.dumps(tags).encode(), "tags", where=lambda _: "")
