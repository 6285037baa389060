from __future__ import annotations

from ringfence.scan.decoders.json_rows import build_field_piece, build_textless_piece


def test_a_row_is_found_by_its_offset() -> None:
    piece = build_field_piece("table t", 'a"b', [b"one", b"two", b"three"], 11)
    ((data, shared, is_last),) = piece.windows
    assert data == b"""{"a'b": "one"}\n{"a'b": "two"}\n{"a'b": "three"}\n"""
    assert (shared, is_last, piece.field) == (0, True, 'a"b')
    assert piece.get_place
    assert [piece.get_place(data.index(value)) for value in (b"one", b"two", b"three")] == [
        "row 11",
        "row 12",
        "row 13",
    ]


def test_fields_without_text_are_objects_that_count_for_all_rows() -> None:
    piece = build_textless_piece("", [("model", "int64")], 1, 500)
    assert next(iter(piece.windows))[0] == b'{"model": {"type": "int64"}}\n'
    assert piece.get_count
    assert piece.get_count(0) == 500
