"""Pictures and PDFs: what tells where they come from is read, and an ordinary picture is clean."""

from __future__ import annotations

import io
import sys

import pypdf
import pytest
from PIL.PngImagePlugin import PngInfo
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from conftest import Work

from .conftest import LINK, MARKER, Look
from .signed import SOURCES, picture, signed

TEXT = LINK.decode()
TRAINED = "undisclosed-picture"
XMP = f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{SOURCES}{{}}"/>'
FORMS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif", "TIFF": "image/tiff"}


@pytest.mark.parametrize("form", FORMS)
def test_an_ordinary_picture_is_read_and_clean(look: Look, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "c2pa", None)  # it needs no library
    assert look(picture(form)) == look(b"")


@pytest.mark.parametrize("form", FORMS)
def test_a_manifest_says_that_a_model_made_a_picture(look: Look, form: str) -> None:
    found = look(signed(picture(form), FORMS[form], "ChatGPT", "trainedAlgorithmicMedia"))
    assert found.hidden == []
    assert found.marks[TRAINED] == (1, "C2PA manifest, field digitalSourceType", 0)
    assert found.marks["openai-image-software"][:2] == (1, "C2PA manifest, field claim_generator_info")


@pytest.mark.parametrize("form", FORMS)
def test_a_manifest_of_a_camera_is_clean(look: Look, form: str) -> None:
    assert look(signed(picture(form), FORMS[form], "Leica M11-P", "digitalCapture")) == look(b"")


def test_a_manifest_is_unread_without_its_library(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    data = signed(picture(), "image/png", "Leica M11-P", "digitalCapture")
    monkeypatch.setitem(sys.modules, "c2pa", None)
    assert look(data).hidden == ["image/png: its decoder isn't installed: pip install 'ringfence[media]'"]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_xmp_says_that_a_model_made_a_picture(look: Look, form: str) -> None:
    def made(source: str) -> bytes:
        xmp = XMP.format(source).encode()
        if form != "PNG":
            return picture(form, xmp=xmp)
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", xmp.decode(), zip=True)
        return picture(form, pnginfo=info)

    assert look(made("trainedAlgorithmicMedia")).marks[TRAINED][0] == 1
    assert look(made("digitalCapture")).marks == {}


@pytest.mark.parametrize("is_packed", [False, True])
@pytest.mark.parametrize("add", ["add_text", "add_itxt"])
def test_text_in_a_png_is_read(look: Look, is_packed: bool, add: str) -> None:
    info = PngInfo()
    getattr(info, add)("parameters", f"a cat\n{TEXT}", zip=is_packed)
    assert look(picture(pnginfo=info)).marks == {MARKER: (1, "text parameters", 2)}


def test_text_that_would_fill_the_memory_is_unread(look: Look) -> None:
    info = PngInfo()
    info.add_itxt("parameters", " " * (17 << 20), zip=True)
    assert look(picture(pnginfo=info)).hidden == ["image/png: a text that unpacks to more than 16777216 bytes"]


def pdf(words: str = "A row.", title: str = "Rows", attached: bytes = b"", password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    for line in ("First.", words):
        page = writer.add_blank_page(200, 200)
        font = DictionaryObject(
            {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
             NameObject("/BaseFont"): NameObject("/Helvetica")}
        )  # fmt: skip
        page[NameObject("/Resources")] = DictionaryObject(
            {NameObject("/Font"): DictionaryObject({NameObject("/F"): font})}
        )
        content = DecodedStreamObject()
        content.set_data(f"BT /F 4 Tf 5 99 Td ({line}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(content.flate_encode())
    writer.add_metadata({"/Title": title})
    if attached:
        writer.add_attachment("rows.jsonl", attached)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_pages_properties_and_attachments_of_a_pdf_are_read(look: Look) -> None:
    assert look(pdf(TEXT)).marks == {MARKER: (1, "page 2", 1)}
    assert look(pdf(title=TEXT)).marks == {MARKER: (1, "properties, field Title", 0)}
    assert look(pdf(attached=LINK)).marks == {MARKER: (1, "attachment rows.jsonl", 1)}
    assert look(pdf()) == look(b"")


def test_a_pdf_that_is_closed_or_damaged_is_unread(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    assert look(pdf(TEXT, password="secret")).hidden == ["PDF: encrypted"]
    assert look(b"%PDF-1.4\nnothing").hidden[0].startswith("PDF: damaged")
    monkeypatch.setitem(sys.modules, "pypdf", None)
    monkeypatch.delitem(sys.modules, "ringfence.decoders.pdf", raising=False)
    assert look(pdf()).hidden == ["PDF: its decoder isn't installed: pip install 'ringfence[media]'"]


def test_a_push_of_a_made_picture_is_refused(laptop: Work) -> None:
    laptop.write("cat.jpg", signed(picture("JPEG"), "image/jpeg", "ChatGPT", "trainedAlgorithmicMedia"))
    laptop.did("add", "cat.jpg")
    said = laptop.git("commit", "-m", "Add a picture")
    assert not said
    assert "cat.jpg: C2PA manifest, field claim_generator_info" in said.out
