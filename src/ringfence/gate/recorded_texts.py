"""Where the fingerprints of recorded texts stand first, on their way into the index."""

from __future__ import annotations

from ..scan.ingredients.common_text import find_common
from ..scan.ingredients.engine import fingerprint_texts
from ..scan.ingredients.keyed_hash import hash_values

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    Places = dict[int, tuple[int, int]]  # (number of the text, line from 1) by fingerprint


def find_places(texts: Sequence[str], known: Container[int] = ()) -> Places:
    """Return where each fingerprint of texts stands first, but for common text and what is `known`."""
    rows = fingerprint_texts([text.encode("utf-8", "surrogatepass") for text in texts])
    first = {number: (text, line + 1) for _, text, number, line, _ in reversed(rows) if number not in known}
    for number in find_common(list(first)):
        del first[number]
    return first


def key_places(places: Places, key: bytes) -> list[tuple[int, int, int]]:
    """Return the entries of an index: a keyed fingerprint, its source and its line."""
    return [(keyed, *place) for keyed, place in zip(hash_values(list(places), key), places.values(), strict=True)]
