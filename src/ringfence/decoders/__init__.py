"""From a content's bytes to the plain text inside it, or to the reason why not.

A format is known by its first bytes, never by a file's name. Bytes of no format in the table are plain text, or as good
as that: they are scanned as they are.
"""

from __future__ import annotations

from . import fields, generators, text
from .base import PROBE, Budget, Hidden, Member, Piece, Stream, reason
from .formats import Format, known
from .pointer import pointer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "PROBE",
    "Budget",
    "Hidden",
    "Member",
    "Piece",
    "Stream",
    "fields", "generators",
    "known",
    "pointer",
    "text",
    "unpack",
]  # fmt: skip


def unpack(stream: Stream, form: Format, budget: Budget, depth: int) -> Iterator[Piece | Member | Hidden]:
    """Yield what a content unpacks to; `depth` is how many contents it lies in. All that goes wrong is a `Hidden`."""
    if depth >= budget.limits.depth:
        yield Hidden(f"{form.name} in more than {depth} others (limits.depth)")
        return
    try:
        yield from form.decoder()(stream, budget)
    except ImportError:
        yield Hidden(f"{form.name}: {form.missing}")
    except Exception as error:  # noqa: BLE001 - whatever a library says of what was pushed, it can't be read
        yield Hidden(stream.failed or f"{form.name}: {reason(error)}")
