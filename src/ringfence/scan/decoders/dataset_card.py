"""Dataset cards (README.md of Hugging Face datasets): fields of the YAML front matter that name generators."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING

import yaml

from ...values import replace
from .base import UnreadableError, build_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...policy.markers.scanner import Scanner
    from .base import Piece

# A card has at least one of these keys; the front matter of a web page or a prompt has none.
_KEYS = frozenset(
    ("annotations_creators", "configs", "dataset_info", "language_creators", "multilinguality", "pretty_name",
     "size_categories", "source_datasets", "synthetic", "task_categories", "task_ids")
)  # fmt: skip
# A short card has these, and so have cards of models, packages of prompts and web pages, which also have the others.
_SHORT = frozenset(("language", "tags"))
_OTHERS = frozenset(
    ("allowed-tools", "author", "base_model", "date", "description", "layout", "library_name", "model", "model_name",
     "name", "permalink", "pipeline_tag", "version")
)  # fmt: skip
# A key is written behind a line's begin, `{` or `,`, and before a colon; one behind `?` may be on several lines. The
# letters of a quoted key may be escapes. The other keys are looked for as words: few texts have them.
_LICENSE = r'(^|[{,?])[ \t]*["\']?license["\']?[ \t]*(:|$)'
_ESCAPED_KEYS = (r'(^|[{,?])[ \t]*"[^"\n]*\\[xuU][^"\n]*"[ \t]*:', r'^[ \t]*\?[ \t]*"[^"\n]*\\[xuU]')
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
        if _KEYS.isdisjoint(words := {event.value for event in events if isinstance(event, yaml.ScalarEvent)}) and (
            not _is_short_card(words)
        ):
            return  # other YAML front matter
        if any(isinstance(event, yaml.AliasEvent) for event in events):
            raise UnreadableError("it has YAML aliases")
        card = yaml.load(front, _Loader)  # noqa: S506 - it is a safe loader
    except (yaml.YAMLError, ValueError):
        return  # not a card; its text is scanned in any case
    if not isinstance(card, dict) or ((is_short := _KEYS.isdisjoint(card)) and not _is_short_card(set(card))):
        return
    fields = build_piece("card", json.dumps(card, default=str).encode(), get_place=lambda _: "")
    yield replace(fields, is_named=True) if is_short else fields
    if tags := [tag for tag in card.get("tags") or () if isinstance(tag, str)]:
        yield build_piece("card", b' "generated_by": ' + json.dumps(tags).encode(), "tags", get_place=lambda _: "")


def _is_short_card(keys: set[str]) -> bool:
    """Return whether a head with these keys is probably a card, though it has none of a card's own."""
    return "license" in keys and not _SHORT.isdisjoint(keys) and _OTHERS.isdisjoint(keys)


def _may_have_key(head: bytes) -> bool:
    """Return whether a key of cards is there: much that is no card begins as one does, and parsing YAML is slow.

    Recorded traffic in YAML does: it may be megabytes, of which Python's own search takes a second.
    """
    return bool(_load_keys().find_matches(head))


@cache
def _load_keys() -> Scanner:
    """Return the scanner for keys; it is compiled in a millisecond."""
    from ...policy.markers.databases import compile_mixed
    from ...policy.markers.scanner import Scanner

    return Scanner("sign", compile_mixed([("sign", text) for text in (*sorted(_KEYS), _LICENSE, *_ESCAPED_KEYS)]))
