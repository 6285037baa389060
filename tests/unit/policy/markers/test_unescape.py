from __future__ import annotations

import json
from time import process_time

import pytest

from ringfence.policy.markers.unescape import has_rtf, unescape, unescape_rtf


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (rb"a\nb", b"a\nb"),
        (rb"a\\\\nb", b"a\nb"),
        (rb"\u2019", "’".encode()),
        (rb"\ud834\udd1e", "𝄞".encode()),
        (rb"\U0001d11e", "𝄞".encode()),
        (rb"\x41\101\u{41}", b"AAA"),
        (rb"<\/think>", b"</think>"),
        (b"%2Fa%252Fb", b"/a/b"),
        (b"&lt;&amp;lt;&#60;&#0060;&#x3C;&#60x", b"<<<<<<x"),
        (b"&nosuch; 100 % \\q", b"&nosuch; 100 % \\q"),
        (b"a=E2=80=99b=\nc", "a’bc".encode()),
        (b"x=1 y=20", b"x=1 y "),
        (b"%5Cu2019", "’".encode()),
    ],
)
def test_escapes_are_decoded(data: bytes, text: bytes) -> None:
    assert unescape(data).text == text


@pytest.mark.parametrize("data", [b"\\" * (1 << 20), rb"\ud83d" + b"\\" * (1 << 20), b"&" + b"amp;" * (1 << 18)])
def test_long_runs_take_linear_time(data: bytes) -> None:
    start = process_time()
    unescape(data)
    assert process_time() - start < 5  # seconds; about 0.05, and hours if each start in the run were tried


def test_each_byte_knows_where_it_came_from() -> None:
    data = json.dumps({"a": "Sure.\n# aider – ok"}).encode()
    found = unescape(data)
    for word in (b"Sure", b"# aider", b"ok"):
        assert found.find_origin(found.text.index(word)) == data.index(word)
    assert found.find_origin(found.text.index(b"\n")) == data.index(rb"\n")


def test_strings_can_be_lines_of_their_own() -> None:
    found = unescape(b'{"a": "one", "b": "two\\n"}').break_strings()
    assert found.text.split(b"\n")[3] == b"one"
    assert found.find_origin(found.text.index(b"one")) == 7


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (rb"{\rtf1 a\par b\line c}", b" a\nb\nc"),
        (rb"{\rtf1 Cl{\b au}\i0 de}", b" Claude"),
        (rb"{\rtf1 I\u8217?m \u-10178?\u-8938? \'e9\rquote x}", "\u0020I\u2019m \U0001f916 é\u2019x".encode()),
        (rb"{\\rtf1 \\u73?\\u108\\'99m \\{x\\}}", b" Ilm {x}"),
        (b"{\\rtf1 one\r\ntwo}", b" onetwo"),
    ],
)
def test_rtf_is_read_as_it_is_shown(data: bytes, text: bytes) -> None:
    assert has_rtf(data)
    assert unescape_rtf(data).text.lstrip() == text.lstrip()


def test_rtf_takes_linear_time() -> None:
    for run in (b"\\", b"{", b"\\u", b"\\'4", b"\\par"):
        began = process_time()
        unescape_rtf(b"{\\rtf1 " + run * 200_000)
        assert process_time() - began < 3
