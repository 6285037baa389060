from __future__ import annotations

import base64
import json

from ringfence.scan.decoders.notebook import decode_notebook

CELL = {
    "cell_type": "code",
    "source": ["a = 1\n", "a"],
    "outputs": [
        {"output_type": "display_data", "data": {"text/plain": "1", "image/png": base64.b64encode(b"pixels").decode()}}
    ],
    "attachments": {"x.txt": {"text/plain": "attached"}},
    "metadata": {},
}


def test_parts_of_a_cell_have_their_places(decode) -> None:
    items = decode(decode_notebook, json.dumps({"nbformat": 4, "cells": [CELL]}).encode())
    assert [place for place, _ in items] == [
        "metadata",
        "cell 1",
        "cell 1, output 1",
        "cell 1, output 1",
        "cell 1, output 1",
        "cell 1, attachment x.txt",
        "cell 1, metadata",
    ]
    assert [data for _, data in items[1:4]] == [b"a = 1\na", b"1", b"pixels"]
    assert items[5][1] == b"attached"


def test_json_lines_that_look_like_a_notebook_yield_nothing(decode) -> None:
    assert decode(decode_notebook, b'{"nbformat": 4}\n{"nbformat": 4}\n') == []
