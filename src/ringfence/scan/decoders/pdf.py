"""PDF: its properties, the text of its pages, its attachments, and a C2PA manifest."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pypdf

from ...excerpts import harmless
from .base import Member, UnreadableError, text, unpacked
from .media import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .base import Budget, Piece, Stream

_LONGEST_NAME = 200  # characters of an attachment's name that are shown

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it says of damage would stand in a hook's output


def pdf(stream: Stream, budget: Budget) -> Iterator[Piece | Member]:
    """Yield what stands in a PDF as text; not what its pictures show.

    Raises:
        UnreadableError: It is encrypted.
    """
    with stream.file() as file:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("encrypted")
        about = {str(key).lstrip("/"): str(value) for key, value in (reader.metadata or {}).items()}
        yield text("properties", json.dumps(about, ensure_ascii=False).encode("utf-8", "replace"), where=lambda _: "")
        if xmp := reader.root_object.get("/Metadata"):
            yield text("XMP", xmp.get_object().get_data())
        for number, page in enumerate(reader.pages, 1):
            budget.member()
            words = page.extract_text().encode("utf-8", "replace")
            budget.unpack(len(words))
            yield text(f"page {number}", words)
        for name, versions in reader.attachments.items():
            for data in versions:
                yield Member(f"attachment {harmless(name)[:_LONGEST_NAME]}", unpacked([data], budget))
        yield from manifest("application/pdf", file)
