"""In plain text a mark is reported with its line and, in JSON and tables, its field."""

from __future__ import annotations

import gzip
import json
import re

import pytest

from conftest import Work
from ringfence.scan.decoders import fields
from ringfence.scan.decoders.fields import Fields

from .conftest import LINK, MARKER, Look

TEXT = LINK.decode()


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        (json.dumps({"id": 1, "answer": f"see {TEXT}"}), "field answer", 1),
        (json.dumps({"answer": f'he said: "x": {TEXT}'}), "field answer", 1),
        (json.dumps([{"role": "user", "content": "x"}, {"role": "assistant", "content": TEXT}]), "field content", 1),
        (json.dumps({"id": 1, "answer": [TEXT]}, indent=1), "", 4),
        (json.dumps({"id": 1, "answer": TEXT}, separators=(",", ":")), "field answer", 1),
        (json.dumps({"answer": TEXT}, indent=1), "field answer", 2),
        (f"id,answer,note\n1,see {TEXT},x\n", "field answer", 2),
        (f'id\tanswer\n1\t"a\tb {TEXT}"\n', "field answer", 2),
        (f"id,answer\nnot a row {TEXT}\n", "", 2),
        (f"Hello, world\nsee, {TEXT}\n", "", 2),
        (f"print('x')\nsee {TEXT}\n", "", 2),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_the_field_is_told(look: Look, text: str, place: str, line: int, encoding: str) -> None:
    count, *where = look(text.encode(encoding)).marks[MARKER]
    assert (count, where) == (1, [place, line])


def test_rows_are_counted_by_field(look: Look, seen) -> None:
    rows = [{"a": TEXT, "b": "x"}, {"a": "x", "b": TEXT}, {"a": TEXT, "b": TEXT}]
    data = "\n".join(map(json.dumps, rows)).encode()
    assert [(field, item.count) for (_, field), item in seen(data).items()] == [("a", 2), ("b", 2)]


def test_the_first_new_places_of_a_mark_are_told_with_what_stands_there(laptop: Work) -> None:
    rows = [f"{json.dumps({'answer': f'{number} {TEXT}'})}\n" for number in range(9)]
    old = laptop.commit(files={"a.jsonl": rows[0]})
    laptop.commit(files={"a.jsonl": "".join(rows)})
    (item,) = json.loads(laptop.ringfence("check", "--range", f"{old}..", "--format", "json").out)["findings"]
    assert (item["count"], item["line"], item["excerpt"]) == (9, 2, rows[1].strip())
    assert item["also"] == [
        {"line": line, "excerpt": rows[line - 1].strip(), "place": "field answer"} for line in (3, 4)
    ]


class Counted(bytes):
    """Bytes that know how many of them were searched backwards."""

    looked = 0

    def rfind(self, sub: bytes, low: int = 0, high: int | None = None) -> int:
        high = len(self) if high is None else high
        found = super().rfind(sub, low, high)
        self.looked += high - (found if found >= 0 else low)
        return found


@pytest.mark.parametrize("before", ["", '\\": \\"', "x" * 100])
def test_a_line_full_of_marks_is_looked_through_once(before: str) -> None:
    data = Counted(b'{"id": 1, "answer": "' + f"{before}{TEXT} ".encode() * 2000 + b'"}')
    found = Fields(data)
    assert {found.find_field(place.start()) for place in re.finditer(b"https:", data)} == {"answer"}
    assert data.looked < 4 * len(data)


def test_a_quote_far_before_a_colon_is_no_key() -> None:
    data = b'{"answer": "' + "ä".encode() * 5000 + b'": https://example.org'
    assert Fields(data).find_field(data.index(b"https")) == ""


@pytest.mark.parametrize(("cells", "field"), [("1,{},x", "answer"), ('1,"a ""b"", {}",x', "answer"), ("1,{}", "")])
def test_a_row_full_of_marks_is_taken_apart_once(cells: str, field: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = []
    real = fields._locate_cell_ends
    monkeypatch.setattr(fields, "_locate_cell_ends", lambda *row: rows.append(row) or real(*row))
    data = f"id,answer,note\n1,2,3\n{cells.format(f'{TEXT} ' * 2000)}\n".encode()
    found = Fields(data, data)
    assert {found.find_field(place.start()) for place in re.finditer(b"https:", data)} == {field}
    assert len(rows) == 1


def test_fields_without_end_are_counted_together(seen) -> None:
    data = "\n".join(json.dumps({f"field{number}": TEXT}) for number in range(1000)).encode()
    found = seen(data)
    assert len(found) == 21
    assert sum(item.count for item in found.values()) == 1000


def test_letters_that_json_escapes_are_read(look: Look) -> None:
    hidden = "".join(f"\\u{ord(char):04X}" if char in "hst" else char for char in TEXT)
    assert look(f'{{"a": "\\u2014"}}\n{{"answer": "{hidden}"}}\n'.encode()).marks == {MARKER: (1, "field answer", 2)}


def test_standard_input_is_checked_like_a_file(laptop: Work) -> None:
    data = gzip.compress(json.dumps({"answer": TEXT}).encode())
    said = laptop.ringfence("check", "--files", "-", stdin=data)
    assert said.status == 1
    assert "-, line 1, field answer" in said.out
