"""The texts of a content: whole, in parts of whole lines, and the strings in it."""

from __future__ import annotations

import json
import time

import pytest

from ringfence.model import Limits
from ringfence.scan.decoders import Budget, Stream
from ringfence.scan.ingredients import texts
from ringfence.scan.ingredients.texts import Text

LONG = 'line one of the text\nline two of it, with "quotes" and \\ signs\n\tand a third, é 你好 😀\n'


def read(data: bytes) -> list[Text]:
    return [item for item in texts.iter_texts(Stream([data]), Budget(Limits(), len(data))) if isinstance(item, Text)]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_string_of_json_is_a_text_with_its_line_and_field(ascii_only: bool) -> None:
    row = json.dumps({"id": 1, "answer": LONG}, ensure_ascii=ascii_only)
    whole, string = read(f'{{"id": 0}}\n{row}\n'.encode())
    assert whole.data.startswith(b'{"id": 0}')
    if not ascii_only:
        assert string.data.decode() == LONG
    assert string.data.split(b"\n")[:2] == LONG.encode().split(b"\n")[:2]
    assert (string.place, string.field, string.line) == ("line 2", "answer", 0)


def test_short_strings_and_those_without_escapes_are_no_texts_of_their_own() -> None:
    assert len(read(json.dumps({"a": "x\n", "b": "y" * 200}).encode())) == 1


@pytest.mark.parametrize(
    "data",
    [
        b'"' + b'\\"' * 500_000,
        b'"' * 1_000_000 + b"\\n",
        b"\\n" * 500_000,
        b'"' + b"\\" * 1_000_001,
        (b'"\\n' * 300_000),
    ],
)
def test_no_input_is_slow(data: bytes) -> None:
    start = time.process_time()
    read(data)
    assert time.process_time() - start < 5


def test_a_large_text_is_read_in_parts_of_whole_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "_WINDOW", 1000)
    lines = [b"%06d the quick brown fox jumps over the lazy dog" % number for number in range(300)]
    parts = read(b"\n".join(lines))
    assert len(parts) > 5
    assert b"".join(part.data for part in parts) == b"\n".join(lines)
    for part in parts:
        assert part.data.startswith(b"%06d " % (part.line - 1))
