"""What the sieve passes is clean: whatever the readers of contents would find or call unread, it suspects."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from ringfence.git.objects import SmallObject
from ringfence.policy.effective import parse_vendors
from ringfence.policy.inputs import Inputs
from ringfence.policy.load import load_plan
from ringfence.policy.plan import Plan
from ringfence.policy.vendor_files import read_shipped_files
from ringfence.scan import contents, prefilter
from ringfence.scan.decoders import formats
from ringfence.scan.decoders.pointer import WORDS
from ringfence.scan.hits import Hits
from ringfence.scan.text import _PREFILTER_FROM

LINK = "https://chatgpt.com/share/0a1b2c3d-0000-4000-8000-000000000000"
PLAIN = [b"", b"rows\n", b"a person's row, and no line end", b"one\ntwo\r\n\n", "Zeilen für Käthe\n".encode(), b"a\\nb"]


@pytest.fixture(scope="module")
def plan() -> Plan:
    return load_plan(Inputs(tags=(("eval", "a test"),)))


def list_suspects(plan: Plan, pieces: list[bytes]) -> list[int]:
    return [number for number, _ in prefilter.find_suspects(plan, pieces)]


def is_clean(data: bytes, plan: Plan) -> bool:
    found = contents.scan_object(SmallObject("x", "", "blob", data), plan)
    return not (found.matches or found.unread)


def zipped(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x", text)
    return file.getvalue()


MARKED = {
    "plain": LINK.encode(),
    "in a line": f"see {LINK} there".encode(),
    "gzip": gzip.compress(LINK.encode()),
    "zip": zipped(LINK),
    "wide": LINK.encode("utf-16"),
    "wide without a mark": LINK.encode("utf-16-le"),
    "wider": LINK.encode("utf-32"),
    "behind a mark of its order": b"\xef\xbb\xbf" + LINK.encode(),
    "percent": LINK.replace("c", "%63").encode(),
    "entity": LINK.replace("c", "&#x63;").encode(),
    "notebook": b'{"cells": [{"cell_type": "markdown", "source": ["%b"]}], "nbformat": 4}' % LINK.encode(),
    "escaped": LINK.replace("c", r"\u0063").encode(),
    "row": b'{"model": "gpt-4o", "text": "x"}\n',
    "row in a row": b'{"answer": "{\\"model\\": \\"gpt-4o\\"}"}\n',
    "table": b"id,model\n1,gpt-4o\n",
    "table that begins with it": b"model\tid\r\ngpt-4o\t1\r\n",
    "table with a mark of its order": b"\xef\xbb\xbfmodel;id\ngpt-4o;1\n",
    "table with blanks": b"id,   model  ,x\n1,gpt-4o,y\n",
    "quoted table": b'"id","generator"\n"1","gpt-4o"\n',
    "wide table": "id,model\n1,gpt-4o\n".encode("utf-16"),
    "card": b"---\ntask_ids: []\nteacher: gpt-4o\n---\n",
    "card with other line ends": b"---\r\ntask_ids: []\r\ntags:\r\n- gpt-4o\r\n---\r\n",
    "code in a notebook": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": "{\\"model\\": \\"gpt-4o\\"}"}]}',
    "object among other lines": b'rows\n  {"model": "gpt-4o"}\n',
    "cell with an object": b'id,raw\n1,"{""model"": ""gpt-4o""}"\n',
    "database": b"SQLite format 3\0",
    "pdf": b"%PDF-1.4\n",
    "pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
    "annex": b"../../.git/annex/objects/aa/bb/WORM--x",
    "data elsewhere": b"outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: x\n",
}


@pytest.mark.parametrize("data", MARKED.values(), ids=MARKED)
def test_what_is_marked_is_suspected_among_any_others(plan: Plan, data: bytes) -> None:
    assert not is_clean(data, plan)
    for place in range(len(PLAIN) + 1):
        assert list_suspects(plan, [*PLAIN[:place], data, *PLAIN[place:]]) == [place]


def count_matches(data: bytes, plan: Plan, known: Hits | None = None) -> dict[tuple[str, str], tuple[int, int]]:
    found = contents.scan_object(SmallObject("x", "", "blob", data), plan, known)
    return {key: (matches.count, matches.places[0].line) for key, matches in found.matches.items()}


@pytest.mark.parametrize("data", MARKED.values(), ids=MARKED)
def test_what_the_prefilter_found_saves_work_and_changes_no_result(plan: Plan, data: bytes) -> None:
    unasked = load_plan(Inputs(tags=(("eval", "a test"),)))
    for text in (data, data + b"\n" + data, b"{\n" + data):
        known = dict(prefilter.find_suspects(plan, [text])).get(0)
        assert count_matches(text, plan, known) == count_matches(text, unasked)


IN_TEXT = ["plain", "in a line", "percent", "entity", "escaped", "row", "row in a row"]


@pytest.mark.parametrize("name", IN_TEXT)
def test_a_large_text_that_is_marked_is_not_passed_over(plan: Plan, name: str) -> None:
    rows = b"a person's row\n" * (_PREFILTER_FROM // 8)
    assert is_clean(rows, plan)
    assert not is_clean(rows + MARKED[name] + b"\n" + rows, plan)


@pytest.mark.parametrize("encoded", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("name", ["plain", "in a line", "row", "row in a row"])
def test_what_only_begins_as_if_it_were_packed_is_not_passed_over(plan: Plan, name: str, encoded: str) -> None:
    rows = "a person's row\n" * (_PREFILTER_FROM // 8)
    for marked in (False, True):
        text = f"{rows}{MARKED[name].decode() if marked else ''}\n{rows}"
        found = contents.scan_object(SmallObject("x", "", "blob", gzip.compress(b"")[:2] + text.encode(encoded)), plan)
        assert bool(found.matches) is marked


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("shift", range(4))
def test_wide_text_anywhere_in_packed_bytes_is_suspected(plan: Plan, encoding: str, shift: int) -> None:
    packed = gzip.compress(b"") + b"\xff\xfe\x81" * 500
    assert not prefilter.find_hits(plan, packed, "packed")
    assert prefilter.find_hits(plan, packed + b"\xee" * shift + "rows!".encode(encoding) + b"\xee" + packed, "packed")


def test_single_characters_between_zeros_are_no_wide_text(plan: Plan) -> None:
    numbers = b"".join(number.to_bytes(4, "little") for number in (65, 1 << 20, 0, 66, 300, 67, 1 << 30) * 300)
    assert not prefilter.find_hits(plan, numbers, "packed")


def test_every_format_is_suspected(plan: Plan) -> None:
    heads = [magic + b"\n" for magic, _ in formats._MAGIC]
    heads += [b"x" * offset + magic + b"\0\n" for offset, magic, _ in formats._TEXT_MAGIC]
    heads += [b"BZh9" + block for block in formats._BZIP2]
    assert all(map(formats.detect_format, heads))
    assert list_suspects(plan, heads) == list(range(len(heads)))


def test_every_pointer_is_suspected(plan: Plan) -> None:
    heads = [b"rows\n", *(word + b"x" for word in WORDS)]
    assert list_suspects(plan, heads) == list(range(1, len(heads)))


def test_every_example_of_the_catalogue_is_suspected(plan: Plan) -> None:
    examples = [
        example.encode()
        for vendor in parse_vendors(read_shipped_files()).values()
        for marker in vendor.iter_markers()
        if marker.kind in ("content", "note")
        for example in marker.caught
    ]
    assert list_suspects(plan, examples) == list(range(len(examples)))


@settings(max_examples=300, deadline=None)
@example(pieces=[b"\tgpt3\n\t"])
@given(
    some.lists(
        some.one_of(
            some.binary(max_size=40),
            some.lists(some.sampled_from([*MARKED.values(), *PLAIN, b'"', b"\\", b",", b"\n"]), max_size=3).map(
                b"".join
            ),
        ),
        max_size=8,
    )
)
def test_what_is_not_suspected_is_clean(plan: Plan, pieces: list[bytes]) -> None:
    suspected = set(list_suspects(plan, pieces))
    assert [n for n, data in enumerate(pieces) if n not in suspected and not is_clean(data, plan)] == []


def test_plain_text_passes(plan: Plan) -> None:
    assert list_suspects(plan, PLAIN * 100) == []
