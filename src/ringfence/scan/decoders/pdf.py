"""PDF: its properties, the text of its pages, its attachments, and a C2PA manifest."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pypdf

from ...excerpts import sanitise_text
from .base import Member, UnreadableError, build_limited_stream, build_piece
from .media import decode_c2pa_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Piece, Stream

_LONGEST_NAME = 200  # characters of an attachment's name that are shown

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of damage would stand in a hook's output


def decode_pdf(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield what stands in a PDF as text; not what its pictures show.

    Raises:
        UnreadableError: It is encrypted.
    """
    with stream.open_file() as file:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("encrypted")
        about = {str(key).lstrip("/"): str(value) for key, value in (reader.metadata or {}).items()}
        yield build_piece(
            "properties", json.dumps(about, ensure_ascii=False).encode("utf-8", "replace"), where=lambda _: ""
        )
        if xmp := reader.root_object.get("/Metadata"):
            yield build_piece("XMP", xmp.get_object().get_data())
        for number, page in enumerate(reader.pages, 1):
            budget.count_member()
            words = page.extract_text().encode("utf-8", "replace")
            budget.count_bytes(len(words))
            yield build_piece(f"page {number}", words)
        for name, versions in reader.attachments.items():
            for data in versions:
                yield Member(f"attachment {sanitise_text(name)[:_LONGEST_NAME]}", build_limited_stream([data], budget))
        yield from decode_c2pa_manifest("application/pdf", file)
