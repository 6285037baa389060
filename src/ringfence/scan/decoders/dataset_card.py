"""Dataset cards (README.md of Hugging Face datasets): fields of the YAML front matter that name generators."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import yaml

from .base import UnreadableError, build_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Piece

# A card has at least one of these keys; the front matter of a web page or a prompt has none.
_KEYS = frozenset(
    ("annotations_creators", "configs", "dataset_info", "language_creators", "multilinguality", "pretty_name",
     "size_categories", "source_datasets", "synthetic", "task_categories", "task_ids")
)  # fmt: skip
_WORDS = [key.encode() for key in sorted(_KEYS)]
_ESCAPES = (b"\\x", b"\\u", b"\\U")  # YAML may write the letters of a quoted key so
# A key is written behind a line's begin, `{` or `,`, and before a colon; one behind `?` may be on several lines.
_ESCAPED_KEY = re.compile(rb"(?m)(?:^|[{,?])[ \t]*\"[^\"\n]*\\[xuU][^\"\n]*\"[ \t]*:|^[ \t]*\?[ \t]*\"[^\"\n]*\\[xuU]")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def decode_card(head: bytes) -> Iterator[Piece]:
    """Yield a card's fields as a JSON object, and its tags, which may name a model, as a generator field.

    Raises:
        UnreadableError: It has YAML aliases, which could expand without limit.
    """
    head = head.partition(b"\n---")[0]
    if not _may_have_key(head):
        return
    front = head.decode("utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\n")
    try:
        events = list(yaml.parse(front, _Loader))
        if _KEYS.isdisjoint(event.value for event in events if isinstance(event, yaml.ScalarEvent)):
            return  # other YAML front matter
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise UnreadableError("it has YAML aliases")
        card = yaml.load(front, _Loader)  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, ValueError):
        return  # not a card; its text is scanned in any case
    if not isinstance(card, dict) or _KEYS.isdisjoint(card):
        return
    yield build_piece("card", json.dumps(card, default=str).encode(), get_place=lambda _: "")
    if tags := [tag for tag in card.get("tags") or () if isinstance(tag, str)]:
        yield build_piece("card", b' "generated_by": ' + json.dumps(tags).encode(), "tags", get_place=lambda _: "")


def _may_have_key(head: bytes) -> bool:
    """Return whether a key of cards is there: much that is no card begins as one does, and parsing YAML is slow."""
    has_escapes = any(escape in head for escape in _ESCAPES)
    return any(word in head for word in _WORDS) or (has_escapes and bool(_ESCAPED_KEY.search(head)))
