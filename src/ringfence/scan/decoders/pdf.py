"""PDF: document properties, XMP, the text of pages, attachments, and C2PA manifests."""

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

_MAX_NAME = 200  # characters of an attachment's name that are shown

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings would be part of a hook's output


def decode_pdf(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield the text of a PDF; text in images isn't recognised.

    Raises:
        UnreadableError: It is encrypted.
    """
    with stream.open_file() as file:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("encrypted")
        properties = {str(key).lstrip("/"): str(value) for key, value in (reader.metadata or {}).items()}
        yield build_piece(
            "properties", json.dumps(properties, ensure_ascii=False).encode("utf-8", "replace"), get_place=lambda _: ""
        )
        if xmp := reader.root_object.get("/Metadata"):
            yield build_piece("XMP", xmp.get_object().get_data())
        for number, page in enumerate(reader.pages, 1):
            budget.count_member()
            text = page.extract_text().encode("utf-8", "replace")
            budget.count_bytes(len(text))
            yield build_piece(f"page {number}", text)
        for name, versions in reader.attachments.items():
            for data in versions:
                yield Member(f"attachment {sanitise_text(name)[:_MAX_NAME]}", build_limited_stream([data], budget))
        yield from decode_c2pa_manifest("application/pdf", file, budget.limits.seconds)
