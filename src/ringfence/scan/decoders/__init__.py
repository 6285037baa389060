"""From a content's bytes to the plain text inside it, or to the reason why not.

A format is known by its first bytes, never by a file's name. Bytes of no format in the table are plain text, or as good
as that: they are scanned as they are.
"""

from __future__ import annotations

from . import encoding, fields, generator_fields
from .base import PROBE, Budget, Hidden, Member, Piece, Stream, reason
from .formats import Format, known
from .pointer import Pointer, pointers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Item = Piece | Member | Hidden

__all__ = [
    "PROBE",
    "Budget",
    "Hidden",
    "Member",
    "Piece",
    "Pointer",
    "Stream",
    "encoding", "fields", "generator_fields",
    "known",
    "pointers",
    "unpack",
]  # fmt: skip


def unpack(stream: Stream, form: Format, budget: Budget, depth: int) -> Iterator[Item]:
    """Yield what a content unpacks to; `depth` is how many contents it lies in. All that goes wrong is a `Hidden`."""
    if depth >= budget.limits.depth:
        yield Hidden(f"{form.name} in more than {depth} others (limits.depth)")
        return
    yield from _said(form.name, stream, lambda: form.decoder()(stream, budget), form.missing)


def generator_rows(head: bytes, stream: Stream, wanted: dict[int, str], budget: Budget) -> Iterator[Item]:
    """Yield what says what made the rows: the wanted columns of a table, names by number, or the head of a card."""
    if wanted:
        from .delimited import columns

        yield from _said("table", stream, lambda: columns(stream, wanted, budget))
    elif head.removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r\n")):
        from .dataset_card import card

        yield from _said("card", stream, lambda: card(head))


def _said(name: str, stream: Stream, decode: Callable[[], Iterator[Item]], missing: str = "") -> Iterator[Item]:
    """Yield what a decoder does, and say in a `Hidden` what goes wrong."""
    try:
        yield from decode()
    except ImportError:
        yield Hidden(f"{name}: {missing}")
    except Exception as error:  # noqa: BLE001 - whatever a library says of what was pushed, it can't be read
        yield Hidden(stream.failed or f"{name}: {reason(error)}")
