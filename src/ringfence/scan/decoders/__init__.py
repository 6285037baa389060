"""From a content's bytes to the plain text inside it, or to the reason why not.

A format is known by its first bytes, never by a file's name. Bytes of no format in the table are plain text, or as good
as that: they are scanned as they are.
"""

from __future__ import annotations

from . import encoding, fields, generator_fields
from .base import PROBE, Budget, Member, Piece, Stream, UnreadPart, format_read_error
from .formats import Format, detect_format
from .pointer import Pointer, parse_pointers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Item = Piece | Member | UnreadPart

__all__ = [
    "PROBE",
    "Budget",
    "Member",
    "Piece",
    "Pointer",
    "Stream",
    "UnreadPart",
    "decode_content",
    "detect_format",
    "encoding",
    "fields",
    "generator_fields",
    "parse_pointers",
]


def decode_content(stream: Stream, form: Format, budget: Budget, depth: int) -> Iterator[Item]:
    """Yield what a content unpacks to; `depth` is how many contents it lies in. All that goes wrong is a `Hidden`."""
    if depth >= budget.limits.depth:
        yield UnreadPart(f"{form.name} in more than {depth} others (limits.depth)")
        return
    yield from _run_decoder(form.name, stream, lambda: form.load_decoder()(stream, budget), form.unavailable_reason)


def decode_generator_rows(head: bytes, stream: Stream, wanted: dict[int, str], budget: Budget) -> Iterator[Item]:
    """Yield what says what made the rows: the wanted columns of a table, names by number, or the head of a card."""
    if wanted:
        from .delimited import decode_generator_columns

        yield from _run_decoder("table", stream, lambda: decode_generator_columns(stream, wanted, budget))
    elif head.removeprefix(b"\xef\xbb\xbf").startswith((b"---\n", b"---\r\n")):
        from .dataset_card import decode_card

        yield from _run_decoder("card", stream, lambda: decode_card(head))


def _run_decoder(name: str, stream: Stream, decode: Callable[[], Iterator[Item]], missing: str = "") -> Iterator[Item]:
    """Yield what a decoder does, and say in a `Hidden` what goes wrong."""
    try:
        yield from decode()
    except ImportError:
        yield UnreadPart(f"{name}: {missing}")
    except Exception as error:  # noqa: BLE001 - whatever a library says of what was pushed, it can't be read
        yield UnreadPart(stream.failed or f"{name}: {format_read_error(error)}")
