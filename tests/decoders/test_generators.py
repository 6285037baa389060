"""What a generator field says: a rival's model is a mark, and a zone may name the only generators that it allows."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import Said, Work
from ringfence.model import Limits
from ringfence.scan.decoders import delimited
from ringfence.scan.decoders.base import Budget, Stream
from ringfence.scan.decoders.fields import Header


def rows(*values: object, field: str = "model") -> str:
    return "".join(json.dumps({"text": "a row", field: value}) + "\n" for value in values)


def found(said: Said) -> list[tuple[str, str, int, str, int]]:
    return [
        (item["marker"], item["product"], item["line"], item["place"], item["count"])
        for item in json.loads(said.out)["findings"]
    ]


def check(laptop: Work, name: str, data: str | bytes) -> Said:
    laptop.write(name, data)
    return laptop.ringfence("check", "--files", name, "--format", "json")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model", "gpt-4o"),
        ("generator", "openai/gpt-4o-2024-08-06"),
        ("gen_ai.request.model", "gpt-4o"),
        ("generators", ["human", "gpt-4o"]),
        ("prov:wasGeneratedBy", {"@type": "prov:SoftwareAgent", "name": "gpt-4o"}),
    ],
)
def test_a_rivals_model_in_a_generator_field_is_a_mark(laptop: Work, field: str, value: object) -> None:
    said = check(laptop, "rows.jsonl", rows("ours-70b") + rows(value, value, field=field))
    ((marker, _, line, place, count),) = [item for item in found(said) if item[0] == "generator-of-a-rival"]
    assert (marker, line, place, count) == ("generator-of-a-rival", 2, f"field {field}", 2)
    assert said.status == 1


def test_other_models_and_other_fields_pass(laptop: Work) -> None:
    data = rows("our-own-model", "human", None, "") + rows("we compare with gpt-4o", field="note")
    assert check(laptop, "rows.jsonl", data).status == 0


@pytest.fixture
def zoned(laptop: Work) -> Work:
    laptop.write(
        "ringfence.toml",
        'version = 1\n[[zone]]\ntag = "eval"\npaths = ["rows/"]\ngenerators = ["ours-*", "human"]\n',
    )
    laptop.write("rows/.keep", "")
    return laptop


def test_a_zone_allows_only_the_generators_that_it_names(zoned: Work) -> None:
    data = rows("ours-70b", "Human", "mystery-7b", "mystery-7b", "", None, [])
    said = check(zoned, "rows/a.jsonl", data)
    assert said.status == 1
    assert found(said) == [
        ("generator-not-allowed", "generator 'mystery-7b'", 3, "field model", 2),
        ("generator-not-allowed", "generator ''", 5, "field model", 3),
    ]
    assert check(zoned, "a.jsonl", data).status == 0


def test_columns_are_held_to_the_same_list(zoned: Work) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"model": ["ours-3"] * 10 + ["mystery"] * 5 + [None]}), file)
    assert found(check(zoned, "rows/a.parquet", file.getvalue())) == [
        ("generator-not-allowed", "generator 'mystery'", 0, "row 11, field model", 5),
        ("generator-not-allowed", "generator ''", 0, "row 16, field model", 1),
    ]


LONG = "a text that is no name " * 10


def test_what_is_no_name_is_on_no_list(zoned: Work) -> None:
    values = [5, -1.5, True, float("nan"), LONG, {}, {"type": "x"}, [5], ["human", ["human", {}]], [[[[LONG]]]]]
    values += [["human"] * 400 + ["mystery"], {"name": 5}, "human"]
    inside = "".join(rows(json.dumps({"model": value}), field="raw") for value in values)
    for data, field in ((rows(*values), "model"), (inside, "raw")):
        said = check(zoned, "rows/a.jsonl", data)
        assert found(said) == [("generator-not-allowed", "generator '(no name)'", 1, f"field {field}", 12)]
        assert check(zoned, "a.jsonl", data).status == 0


def test_names_in_lists_and_objects_are_held_to_the_list(zoned: Work) -> None:
    values = [["human", "ours-7b"], {"name": "human"}, {"@type": "x", "by": [{"id": "ours-1"}]}, [["human"]]]
    assert check(zoned, "rows/a.jsonl", rows(*values)).status == 0
    values = [["human]", "mystery"], {"name": "mystery"}, {"@type": "x", "by": [{"id": "mystery"}]}, [["mystery"]]]
    assert {item[1]: item[4] for item in found(check(zoned, "rows/a.jsonl", rows(*values)))} == {
        "generator 'mystery'": 4, "generator 'human]'": 1,
    }  # fmt: skip


def test_lists_in_lists_come_to_an_end(zoned: Work) -> None:
    assert check(zoned, "rows/a.jsonl", '{"model": ' + "[" * 1900 + "]" * 1900 + "}\n").status == 1


def test_columns_that_hold_no_text_name_nothing(zoned: Work) -> None:
    deep = pa.map_(pa.string(), pa.struct({"judge_model": pa.int8()}))
    columns = {
        "model": pa.array([1, 2]),
        "model_id": pa.array([1, 2], pa.timestamp("us", tz='"')),
        "teacher": pa.array([1, 2]).dictionary_encode(),
        "models": pa.array([[1], [2]]),
        "inside": pa.array([{"judge": 1, "x": "a"}] * 2),
        "deep": pa.array([[("a", {"judge_model": 1})]] * 2, deep),
        "generator": pa.nulls(2),
        "text": pa.array(["a", "b"]),
        "annotator": pa.array([b"human", b"ours-"], pa.binary(5)),
    }
    expected = ["model", "model_id", "teacher", "models", "judge", "judge_model", "generator"]
    kept, parquet, arrow = pa.table(columns), io.BytesIO(), io.BytesIO()
    pq.write_table(kept, parquet)
    with pa.ipc.new_file(arrow, kept.schema) as written:
        written.write_table(kept)
    for file in (parquet, arrow):
        assert found(check(zoned, "rows/a", file.getvalue())) == [
            ("generator-not-allowed", "generator '(no name)'", 0, f"row 1, field {name}", 2) for name in expected
        ]
        assert check(zoned, "a", file.getvalue()).status == 0


def test_tables_of_a_database_that_hold_no_text_name_nothing(zoned: Work, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        database.execute("CREATE TABLE t (model, answer)")
        database.executemany("INSERT INTO t VALUES (?, ?)", [(1, "a"), (None, "b")])
    said = check(zoned, "rows/a.db", (tmp_path / "a.db").read_bytes())
    assert found(said) == [("generator-not-allowed", "generator '(no name)'", 0, "table t, row 1, field model", 2)]


def table(*values: str, sign: str = ",", field: str = "model", end: str = "\n") -> str:
    lines = [("id", field, "answer"), *((str(n), value, '"a, ""row""\nof lines"') for n, value in enumerate(values))]
    return "".join(sign.join(line) + end for line in lines)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "latin-1"])
@pytest.mark.parametrize(("sign", "end"), [(",", "\n"), ("\t", "\r\n"), (";", "\r\n")])
def test_a_table_has_columns_that_say_what_made_a_row(laptop: Work, sign: str, end: str, encoding: str) -> None:
    data = table("ours", "gpt-4o", "ours", "gpt-4o", sign=sign, end=end).replace(
        "row", "rów" if "utf" in encoding else "röw"
    )
    said = check(laptop, "rows.csv", data.encode(encoding))
    assert found(said) == [("generator-of-a-rival", "generator 'gpt-4o'", 0, "row 2, field model", 2)]
    assert check(laptop, "rows.csv", table("ours", "human", sign=sign, end=end).encode(encoding)).status == 0


def test_tables_are_held_to_a_zones_list(zoned: Work) -> None:
    data = table("ours-3", "mystery", "", "mystery", field="generated_by") + "5\n"
    assert found(check(zoned, "rows/a.csv", data)) == [
        ("generator-not-allowed", "generator 'mystery'", 0, "row 2, field generated_by", 2),
        ("generator-not-allowed", "generator ''", 0, "row 3, field generated_by", 2),
    ]


def test_a_column_of_nothing_but_different_generators_is_laid_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    laid = []
    monkeypatch.setattr(delimited, "accumulate", lambda lengths: laid.append(1) or accumulate(lengths))
    data = "id,model,answer\n" + "".join(f"{number},gpt-4o-{number},x\n" for number in range(2000))
    header = Header([b"id", b"model", b"answer"], b",", 0, 1)
    (piece,) = delimited.decode_generator_columns(
        Stream([data.encode()]), header, {1: "model"}, Budget(Limits(), len(data))
    )
    ((text, _, _),) = piece.windows
    places = [text.index(b"gpt-4o-%d" % number) for number in (0, 999, 1999)]
    assert [(piece.get_place(place), piece.get_count(place)) for place in places] == [
        ("row 1", 1), ("row 1000", 1), ("row 2000", 1),
    ]  # fmt: skip
    assert len(laid) == 1


def test_a_table_in_batches_keeps_count_of_its_rows(laptop: Work) -> None:
    data = "id,model\n" + "1,ours\n" * 120_000 + "1,gpt-4o\n" * 70_000
    assert found(check(laptop, "rows.csv", data)) == [
        ("generator-of-a-rival", "generator 'gpt-4o'", 0, "row 120001, field model", 70_000)
    ]


@pytest.mark.parametrize(
    "text", ["import os, model\nx = 'gpt-4o', 'gpt-4o'\n", "model\ngpt-4o\n", "id,name\n1,gpt-4o\n"]
)
def test_what_is_no_column_of_generators_passes(laptop: Work, text: str) -> None:
    assert check(laptop, "a.py", text).status == 0


def test_a_quote_that_is_never_closed_leaves_a_table_unread(laptop: Work) -> None:
    said = check(laptop, "rows.csv", 'id,model\n1,"' + "gpt-4o\n" * 3_000_000)
    assert said.status == 3
    (item,) = json.loads(said.out)["unread"]
    assert item["reason"] == "table: damaged (field larger than field limit (16777216))"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"raw": json.dumps({"model": "gpt-4o"})}),
        json.dumps({"raw": json.dumps({"raw": json.dumps({"model": "gpt-4o"})})}),
        json.dumps({"raw": json.dumps({"models": ["ours", "gpt-4o"]})}),
        'id,raw\n1,"{""model"": ""gpt-4o""}"\n',
    ],
)
def test_a_field_inside_a_string_is_read(laptop: Work, text: str) -> None:
    said = check(laptop, "rows.jsonl", text + "\n")
    assert [item["model"] for item in json.loads(said.out)["findings"]] == ["gpt-4o"]
