"""What a generator field says: a rival's model is a mark, and a zone may name the only generators that it allows."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import Said, Work


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
