"""Recorded traffic keeps bodies in base64: they are unpacked, and unread where that can't be done."""

from __future__ import annotations

import base64
import gzip
import json
import random
import zlib

import pytest
import yaml

from .conftest import LINK, MARKER, Look

BODY = json.dumps({"choices": [{"message": {"role": "assistant", "content": f"Sure.\n{LINK.decode()}"}}]}).encode()
NOISE = random.Random(1).randbytes(2000)


def cassette(body: bytes) -> str:
    """Return a cassette as VCR for Python writes it."""
    recorded = {
        "request": {"uri": "https://example.org"},
        "response": {"body": {"string": body}, "status": {"code": 200}},
    }
    return yaml.dump({"interactions": [recorded], "version": 1})


def ruby(body: bytes) -> str:
    text = base64.encodebytes(body).decode()
    return json.dumps({"http_interactions": [{"response": {"body": {"encoding": "BINARY", "base64_string": text}}}]})


def har(body: bytes) -> str:
    content = {"mimeType": "application/json", "text": base64.b64encode(body).decode(), "encoding": "base64"}
    return json.dumps({"log": {"entries": [{"response": {"content": content}}]}}, indent=1)


def wiremock(body: bytes) -> str:
    return json.dumps({"response": {"status": 200, "base64Body": base64.b64encode(body).decode()}})


FORMS = [cassette, ruby, har, wiremock]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, bytes], ids=["gzip", "zlib", "as it is"])
def test_a_body_is_unpacked(look: Look, form: object, pack: object) -> None:
    found = look(form(pack(BODY)).encode())  # type: ignore[operator]
    assert MARKER in found.marks
    assert found.hidden == []


@pytest.mark.parametrize("form", FORMS)
def test_a_packed_body_that_is_damaged_is_unread(look: Look, form: object) -> None:
    damaged = gzip.compress(NOISE)[:-700]
    assert look(form(damaged).encode()).hidden[0].endswith("damaged (truncated)")  # type: ignore[operator]


@pytest.mark.parametrize("form", FORMS)
def test_pictures_numbers_and_keys_are_no_bodies(look: Look, form: object) -> None:
    for body in (NOISE, bytes(300), b"\x89PNG\r\n\x1a\n" + bytes(90), b'{"id": "a", "text": "a row"}' * 9):
        assert look(form(body).encode()) == look(b"")  # type: ignore[operator]


def test_base64_elsewhere_is_left_alone(look: Look) -> None:
    packed = base64.b64encode(gzip.compress(BODY)).decode()
    assert look(f"icon = '{packed}'\n".encode()) == look(b"")


def test_a_body_longer_than_a_window_is_unread(look: Look) -> None:
    large = gzip.compress(random.Random(2).randbytes(3 << 20))
    assert any("longer" in reason or "damaged" in reason for reason in look(har(large).encode()).hidden)
    deep = har(gzip.compress(BODY)).replace('"log"', f'"pad": "{"x " * 900_000}", "log"')
    assert MARKER in look(deep.encode()).marks
