"""Decodes contents to plain text, or to the reasons why parts can't be read.

A format is detected by its first bytes, never by a file's name. Bytes in no known format are scanned as they are.
"""

from __future__ import annotations

from . import compressed, encoding, fields, generator_fields, opaque, packed, trailers
from .base import PROBE, Budget, Member, Piece, Stream, UnreadPart, format_read_error
from .formats import Format, detect_format, detect_json, detect_notebook, is_notebook_script
from .note import find_note_fault
from .pointer import Pointer, parse_pointers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Item = Piece | Member | UnreadPart

_MAX_HEAD = 64 << 10  # bytes that may come before a card

__all__ = [
    "PROBE",
    "Budget",
    "Format",
    "Member",
    "Piece",
    "Pointer",
    "Stream",
    "UnreadPart",
    "compressed",
    "decode_content",
    "detect_format",
    "detect_json",
    "detect_notebook",
    "encoding",
    "fields",
    "find_note_fault",
    "generator_fields",
    "is_notebook_script",
    "may_be_card",
    "opaque",
    "packed",
    "parse_pointers",
    "trailers",
]


def decode_content(stream: Stream, form: Format, budget: Budget, depth: int) -> Iterator[Item]:
    """Yield the pieces and members of a content; any failure is yielded as an `UnreadPart`.

    `depth` is the number of contents around it.
    """
    if depth >= budget.limits.depth:
        yield UnreadPart(f"{form.name} nested in more than {depth} others (limits.depth)")
        return
    yield from _run_decoder(form.name, stream, lambda: form.load_decoder()(stream, budget), form)


def decode_generator_rows(
    head: bytes, stream: Stream, header: fields.Header | None, columns: dict[int, str], budget: Budget
) -> Iterator[Item]:
    """Yield the given columns (number: name) of a table, or the fields of a dataset card, whose `head` is UTF-8."""
    if header:
        from .delimited import decode_generator_columns

        yield from _run_decoder("table", stream, lambda: decode_generator_columns(stream, header, columns, budget))
        return
    if may_be_card(head):
        from .dataset_card import decode_card

        card = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        yield from _run_decoder("card", stream, lambda: decode_card(card))


def may_be_card(head: bytes) -> bool:
    """Return whether a content begins as a dataset card does, empty lines before it left out."""
    return head[:_MAX_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip().startswith((b"---\n", b"---\r\n", b"--- \n"))


def _run_decoder(
    name: str, stream: Stream, decode: Callable[[], Iterator[Item]], form: Format | None = None
) -> Iterator[Item]:
    """Yield what a decoder yields, and an `UnreadPart` if it fails, or if a library that it needs is missing."""
    try:
        yield from decode()
    except ImportError as error:
        if form is None:
            raise
        reason = form.unavailable_reason if form.function else str(error)
        yield UnreadPart(f"{name}: {reason}", extra=form.extra if form.function else "")
    except Exception as error:  # noqa: BLE001 - decoders' libraries raise anything on malformed input
        yield UnreadPart(stream.failed or f"{name}: {format_read_error(error)}")
