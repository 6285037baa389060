from __future__ import annotations

import time

import pytest

from ringfence.policy.markers import measures


@pytest.mark.parametrize(
    "cell", ["88.7", "88.7 %", "$2.50", "128k", "4 ± 0.2", "1,024", "-", "---:", "", "N/A", "2.5 USD"]
)
def test_a_number_with_its_unit_is_a_measure(cell: str) -> None:
    assert measures.has_measures_alone([cell])


@pytest.mark.parametrize("cell", ["A", "yes", "a text", "答", "gpt-4o", "x" * 70, "1" * 70, "in 3 days"])
def test_a_word_is_none(cell: str) -> None:
    assert not measures.has_measures_alone([cell])


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        (b'{"model": "gpt-4o", "mmlu": 88.7, "date": "2024-05"}', "model", True),
        (b'{"make": "Opel", "model": "Gemini", "doors": "two"}', "model", True),
        (b'{"model": "gpt-4o", "mmlu": 88.7}', "generated_by", False),
        (b'{"model": "gpt-4o", "gold": "b"}', "model", False),
        (b'{"model": "gpt-4o"}', "model", False),
        (b'{"model": "gpt-4o", "item": 1, "answer": 42}', "model", False),
        (b'{"model": "gpt-4o", "item": 1, "output": 42}', "model", False),
        (b'{"model": "gpt-4o", "text": 42}', "model", False),
        (b'{"model": "gpt-4o", "context_window": 128}', "model", True),
        (b'{"model": "gpt-4o", "input": 2.5, "output": 10}', "model", True),
        (b'{"brand": "x", "model": "gpt-4o", "description_text": "a"}', "model", False),
        (b'{"model": "gpt-4o", "n": 1, "of": {"x": 1}}', "model", False),
    ],
)
def test_a_row_of_measures_and_a_thing_only_name_a_model(line: bytes, name: str, expected: bool) -> None:
    assert measures.is_named_in_row(line, name) == expected


def test_a_row_of_blanks_takes_no_longer() -> None:
    row = b"{" + b'"a"  :  1  ,  ' * 60 + b"!"
    began = time.monotonic()
    assert not measures.is_named_in_row(row, "model")
    assert time.monotonic() - began < 0.1
