from __future__ import annotations

import pytest

from ringfence.scan.decoders.generator_fields import NAMELESS, is_in_row, parse_values


def parse(value: bytes) -> list[str]:
    """Parse the value of a field `"model"`."""
    data = b'{"model": ' + value + b"}"
    size = 4 if value == b"null" else 1
    return list(parse_values(data, 1, len(b'{"model": ') + size))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        (b'"gpt-4o"', ["gpt-4o"]),
        (b'" gpt-4o "', ["gpt-4o"]),
        (b'"' + b"x" * 201 + b'"', [NAMELESS]),
        (b"null", [""]),
        (b"7", [NAMELESS]),
        (b'["a", ["b", null]]', ["a", "b", ""]),
        (b'{"name": "a", "version": {"id": "b"}}', ["a", "b"]),
        (b'{"version": 7}', [NAMELESS]),
        (b'["a", "b"', ["a", "b", NAMELESS]),
    ],
)
def test_names_in_a_value(value: bytes, names: list[str]) -> None:
    assert parse(value) == names


def test_a_field_in_an_escaped_string() -> None:
    data = rb'{"text": "{\"model\": \"gpt-4o\"}"}'
    start = data.index(b'\\"model')
    end = data.index(b'\\"gpt') + 2
    assert list(parse_values(data, start, end)) == ["gpt-4o"]


def test_a_field_is_in_a_row_of_json_but_not_in_code() -> None:
    row, code = b'{"model": "x"}\n', b'client.create(\n    "model": "x"\n)\n'
    assert is_in_row(row, row, row.index(b'"model'))
    assert not is_in_row(code, code, code.index(b'"model'))
    mixed = b"text\n" + row
    assert is_in_row(mixed, mixed, mixed.index(b'"model'))
