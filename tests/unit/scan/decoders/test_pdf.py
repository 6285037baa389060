from __future__ import annotations

import io

import pypdf
import pytest

from ringfence.scan.decoders.base import UnreadableError
from ringfence.scan.decoders.pdf import decode_pdf


def build_pdf(password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Title": "A title"})
    writer.add_attachment("rows.txt", b"rows")
    if password:
        writer.encrypt(password)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_properties_pages_and_attachments(decode) -> None:
    items = dict(decode(decode_pdf, build_pdf()))
    assert b'"Title": "A title"' in items["properties"]
    assert items["page 1"] == b""
    assert items["attachment rows.txt"] == b"rows"


def test_an_encrypted_pdf_is_refused(decode) -> None:
    with pytest.raises(UnreadableError, match="encrypted"):
        decode(decode_pdf, build_pdf("secret"))
