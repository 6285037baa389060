"""Descriptions of data files in formats of other tools."""

from __future__ import annotations

import datetime as dt

import pytest

from ringfence.audit.exports import base, croissant, spdx
from ringfence.audit.exports.base import ExportFormat
from ringfence.audit.exports.formats import FORMATS

FILE = {
    "path": "data/rows 1.jsonl", "source": "https://data.example/a", "generator": "human", "licence": "MIT",
    "by": "Ann Example", "sha256": "ab" * 32, "collected": "2026-01-31",
}  # fmt: skip
NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("each", FORMATS.values(), ids=FORMATS)
def test_each_format_parses_what_it_builds_and_not_what_others_build(each: ExportFormat) -> None:
    document = each.build_document([FILE], NOW, "lab")
    assert [other for other in FORMATS.values() if other.can_parse(document)] == [each]
    [fields] = each.parse_document(document)
    assert fields.keys() == FILE.keys()
    assert fields["sha256"][1] in (FILE["sha256"], [FILE["sha256"]])


def test_a_field_that_a_file_lacks_is_the_data_sets() -> None:
    document = {"license": "MIT", "distribution": {"contentUrl": "a.csv", "creator": "Ann"}, "creator": "The team"}
    [fields] = croissant.parse_document(document)
    assert (fields["licence"], fields["by"]) == (("license", "MIT"), ("creator", "Ann"))


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("CC-BY-4.0 OR (MIT AND Apache-2.0)", "simplelicensing_LicenseExpression"),
        ("by contract, three years", "simplelicensing_SimpleLicensingText"),
    ],
)
def test_a_licence_is_an_expression_where_it_has_that_form(licence: str, kind: str) -> None:
    document = spdx.build_document([FILE | {"licence": licence}], NOW, "lab")
    assert kind in {element["type"] for element in document["@graph"]}


@pytest.mark.parametrize(("value", "items"), [(None, []), ("a", ["a"]), (["a", "b"], ["a", "b"]), ({}, [{}])])
def test_a_json_ld_value_may_be_missing_single_or_a_list(value: object, items: list[object]) -> None:
    assert base.ensure_list(value) == items
