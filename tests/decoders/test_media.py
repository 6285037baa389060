"""Pictures and PDFs: provenance metadata is read, and an ordinary picture is clean."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from pathlib import Path

import mutagen.id3
import pypdf
import pytest
from PIL import Image
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
    assert look(data).hidden == ["image/png: decoder not installed: pip install 'ringfence[media]'"]


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


@pytest.mark.parametrize("order", ["utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_a_wide_comment_in_a_picture_is_read(look: Look, form: str, order: str) -> None:
    notes = Image.Exif()
    notes.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + "a cat\nSteps: 20, Sampler: Euler a".encode(order)
    found = look(picture(form, exif=notes))
    assert found.marks["automatic1111-image-note"][:2] == (1, "EXIF comment")
    notes.get_ifd(0x8769)[0x9286] = (
        b"UNICODE\0x" + notes.get_ifd(0x8769)[0x9286]
    )  # one that puts the letters out of step
    assert look(picture(form, exif=notes)).marks == found.marks
    assert look(picture(form, exif=Image.Exif())) == look(b"")


def frame(name: str, body: bytes, version: int, bits: int = 0) -> bytes:
    if version == 2:
        return name.encode() + len(body).to_bytes(3, "big") + body
    return name.encode() + safe(len(body), 7 if version == 4 else 8) + bytes((0, bits)) + body


def safe(number: int, bits: int = 7) -> bytes:
    return bytes(number >> bits * place & (1 << bits) - 1 for place in (3, 2, 1, 0))


def sound(*frames: bytes, version: int = 3, flags: int = 0, extra: bytes = b"") -> bytes:
    data = extra + b"".join(frames) + bytes(50)
    return b"ID3" + bytes((version, 0, flags)) + safe(len(data)) + data + b"\xff\xfb\x90\0" + bytes(400)


WIDE = b"\1" + f"made by\0{TEXT}".encode("utf-16")


@pytest.mark.parametrize(
    ("data", "tag"),
    [
        (sound(frame("TXX", WIDE, 2), version=2), "TXX"),
        (sound(frame("TIT2", b"\0a song", 3), frame("TXXX", WIDE, 3)), "TXXX"),
        (sound(frame("COMM", b"\1eng" + WIDE[1:], 4), version=4), "COMM"),
        (sound(frame("TXXX", b"\2" + TEXT.encode("utf-16-be"), 4), version=4), "TXXX"),
        (sound(frame("TXXX", safe(99, 8) + zlib.compress(WIDE), 3, 0x80)), "TXXX"),
        (sound(frame("TXXX", b"g" + safe(99) + zlib.compress(WIDE), 4, 0x49), version=4), "TXXX"),
        (sound(frame("TXXX", WIDE.replace(b"\xff", b"\xff\0"), 4, 2), version=4), "TXXX"),
        (sound(frame("TXXX", WIDE, 3).replace(b"\xff", b"\xff\0"), flags=0x80), "TXXX"),
        (sound(frame("TXXX", WIDE, 3), flags=0x40, extra=safe(6, 8) + bytes(6)), "TXXX"),
        (sound(frame("TXXX", WIDE, 4), flags=0x40, extra=safe(6) + b"\1\0", version=4), "TXXX"),
    ],
)
def test_tags_of_a_sound_are_read(look: Look, data: bytes, tag: str) -> None:
    assert look(data).marks == {MARKER: (1, f"tag {tag}", 0)}
    part = b"id3 nothing" + b"id3 " + len(data).to_bytes(4, "little") + data
    assert look(b"RIFF" + len(part).to_bytes(4, "little") + b"WAVE" + part).marks == {MARKER: (1, f"tag {tag}", 0)}


def test_tags_as_their_usual_library_writes_them_are_read(look: Look, tmp_path: Path) -> None:
    for version in (3, 4):
        path = tmp_path / "a.mp3"
        path.write_bytes(b"\xff\xfb\x90\0" + bytes(400))
        made = mutagen.id3.ID3()
        made.add(mutagen.id3.TXXX(encoding=1, desc="comment", text=[TEXT]))
        made.add(mutagen.id3.TIT2(encoding=1, text=["a song"]))
        made.save(path, v2_version=version)
        assert look(path.read_bytes()).marks == {MARKER: (1, "tag TXXX", 0)}


def test_an_ordinary_sound_is_clean_and_what_is_closed_in_it_is_unread(look: Look) -> None:
    assert look(sound(frame("TIT2", b"\0a song", 3))) == look(b"")
    assert look(sound()) == look(b"")
    assert look(sound(frame("TXXX", b"x", 3, 0x40))).hidden == ["tag TXXX: encrypted"]
    assert look(sound(frame("TXXX", bytes(4) + b"none", 3, 0x80))).hidden[0].startswith("audio/mpeg: damaged")
    wrong = "audio/mpeg: ID3 tags with wrong lengths"
    assert look(sound(frame("TIT2", b"\0a song", 3)[:-2], frame("TXXX", WIDE, 3))).hidden == [wrong]
    assert look(sound(frame("TXXX", WIDE * 99, 3)[:-500])).hidden == [wrong]
    assert look(sound(version=9)).hidden == ["audio/mpeg: ID3 tags of version 9"]
    bomb = sound(frame("TXXX", bytes(4) + zlib.compress(bytes(40 << 20)), 3, 0x80))
    assert look(bomb).hidden == ["audio/mpeg: a tag that unpacks to more than 33554432 bytes"]
    assert look(b"ID3\3\0\0" + safe(33 << 20)).hidden == [
        "audio/mpeg: ID3 tags of 34603008 bytes; the limit is 33554432"
    ]


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
    monkeypatch.delitem(sys.modules, "ringfence.scan.decoders.pdf", raising=False)
    assert look(pdf()).hidden == ["PDF: decoder not installed: pip install 'ringfence[media]'"]


def test_a_push_of_a_made_picture_is_refused(laptop: Work) -> None:
    laptop.write("cat.jpg", signed(picture("JPEG"), "image/jpeg", "ChatGPT", "trainedAlgorithmicMedia"))
    laptop.did("add", "cat.jpg")
    said = laptop.git("commit", "-m", "Add a picture")
    said.assert_refused("cat.jpg: C2PA manifest, field claim_generator_info")


def test_a_tag_says_what_a_missing_reader_means(laptop: Work) -> None:
    hide = "import sys; sys.modules['pypdf'] = None; from ringfence.__main__ import main; main()"
    policy = laptop.path / "org.toml"
    for number in range(3):
        (laptop.path / f"{number}.pdf").write_bytes(pdf(TEXT))

    def check(*options: str) -> subprocess.CompletedProcess[str]:
        files = ["0.pdf", "1.pdf", "2.pdf"]
        command = [sys.executable, "-c", hide, "check", "--files", *files, *options]
        return subprocess.run(command, cwd=laptop.path, capture_output=True, text=True, check=False)

    refused = check()
    assert refused.returncode == 3
    assert "    3 files have no reader here: pip install 'ringfence[media]'\n" in refused.stdout
    assert "decoder not installed" not in refused.stdout
    policy.write_text('version = 1\n[tag.training-data]\nno_reader = "warn"\n')
    warned = check("--policy", str(policy))
    assert (warned.returncode, "3 files have no reader here" in warned.stdout) == (0, True)
