from __future__ import annotations

import pytest

from ringfence.policy.markers.catalogue import (
    Catalogue,
    _remove_overlapped,
    format_rows,
    join_patterns,
    split_patterns,
)
from ringfence.policy.markers.databases import compile_group

MODELS = [r"(^|[^A-Za-z0-9])(gpt-[0-9]\w*)", r"(^|[^A-Za-z0-9])(acme-gpt-[0-9]\w*)"]
FACTS = [
    ("openai-gpt-name", "openai", "OpenAI", "GPT", "identity", "strong", "A model.", ""),
    ("acme-gpt-name", "acme", "Acme", "Acme\tGPT", "identity", "strong", "A model.", ""),
]
SECTIONS = {
    "markers": format_rows(FACTS),
    "model.rows": format_rows([("0", ""), ("1", "added")]),
    "model.find": compile_group("model", MODELS),
    "model.patterns": join_patterns(MODELS),
    "note.find": b"",
}


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue(SECTIONS.__getitem__)


def test_facts_are_read_by_name(catalogue: Catalogue) -> None:
    assert [(item.id, item.vendor_name, item.product) for item in catalogue.markers] == [
        ("openai-gpt-name", "OpenAI", "GPT"),
        ("acme-gpt-name", "Acme", "Acme GPT"),  # white space inside a field is one space
    ]


def test_an_empty_group_has_no_scanner(catalogue: Catalogue) -> None:
    assert catalogue.load_group("note").scanner is None


@pytest.mark.parametrize(
    ("line", "models"),
    [
        (b"Assisted-by: gpt-4o", [("gpt-4o", "openai")]),
        (b"by gpt-4o and gpt-5", [("gpt-4o", "openai"), ("gpt-5", "openai")]),
        (b"by acme-gpt-1", [("gpt-1", "openai")]),  # a shipped model wins over an added one that overlaps it
        (b"by Ann", []),
    ],
)
def test_models_of_a_line(catalogue: Catalogue, line: bytes, models: list[tuple[str, str]]) -> None:
    assert catalogue.find_models(line) == models


def test_added_matches_that_overlap_a_shipped_one_are_removed() -> None:
    spans = [(1, 0, 5), (0, 3, 8), (1, 7, 9), (1, 9, 12)]
    assert _remove_overlapped(spans, [True, False, True, True]) == [(0, 3, 8), (1, 9, 12)]


def test_patterns_are_split_as_they_were_joined() -> None:
    assert split_patterns(join_patterns(["a|b", "c\td"])) == ["a|b", "c\td"]
