"""Pickles, NumPy's arrays, files of models and zips packed with zstd: their rows are read, by row and field."""

from __future__ import annotations

import collections
import datetime as dt
import gzip
import io
import json
import pickle
import struct
import sys
import zipfile
from typing import Any

import numpy as np
import pytest

from .conftest import LINK, MARKER, Look

ROW = {"prompt": "Say hi", "response": "Hi there", "model": "gpt-4o-2024-08-06", "n": 3}
GENERATOR = "generator gpt-4o-2024-08-06 strong"
TEXT = LINK.decode()


def npy(array: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def npz(array: Any) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, rows=array)
    return file.getvalue()


def safetensors(metadata: dict[str, str], behind: bytes = b"") -> bytes:
    tensor = {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}
    header = json.dumps({"__metadata__": metadata, "w": tensor}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(8) + behind


def gguf(order: str = "<", version: int = 3, **pairs: Any) -> bytes:
    size = "I" if version == 1 else "Q"

    def text(value: str) -> bytes:
        return struct.pack(order + size, len(value.encode())) + value.encode()

    def value(item: Any) -> bytes:
        if isinstance(item, list):
            inner = 8 if isinstance(item[0], str) else 5
            parts = [text(part) if inner == 8 else struct.pack(order + "i", part) for part in item]
            return struct.pack(order + "II" + size, 9, inner, len(item)) + b"".join(parts)
        return struct.pack(order + "I", 8) + text(item) if isinstance(item, str) else struct.pack(order + "IB", 7, item)

    head = b"GGUF" + struct.pack(order + "I" + 2 * size, version, 0, len(pairs))
    return head + b"".join(text(key) + value(item) for key, item in pairs.items())


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_rows_of_a_pickle_are_read_whatever_its_protocol(look: Look, protocol: int) -> None:
    rows = [dict(ROW), {"text": TEXT, **ROW}, {"more": ["a", {"inner": f"x\n{TEXT}"}], "b": b"bytes"}]
    found = look(pickle.dumps(rows, protocol))
    count, place, _ = found.marks[GENERATOR]
    assert (count, place.partition(", ")[2]) == (2, "field model")
    assert found.marks[MARKER][1].endswith(("field text", "field inner"))
    assert found.hidden == []


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1, 2: "b", None: [True, 1.5]},
        np.arange(9.0),
        dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
        {1, "two"},
        collections.OrderedDict(a="b"),
        "a text",
    ],
    ids=type,
)
def test_an_ordinary_pickle_is_clean(look: Look, value: object) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert look(pickle.dumps(value, protocol)) == look(b"")


def test_a_pickle_is_never_executed(look: Look, tmp_path: Any) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return open, (str(tmp_path / "made"), "w")

    assert "objects of io.open" in " ".join(look(pickle.dumps([Evil(), TEXT])).hidden)
    assert not (tmp_path / "made").exists()


def test_what_the_machine_cant_place_is_read_all_the_same(look: Look) -> None:
    info = zipfile.ZipInfo(TEXT)
    found = look(pickle.dumps([info]))
    assert MARKER in found.marks
    assert found.hidden == ["objects of zipfile.ZipInfo: their texts were read, but not which belong together"]
    assert look(pickle.dumps(ROW) + pickle.dumps(ROW)).marks[GENERATOR][0] == 2
    behind = look(pickle.dumps([ROW]) + b"behind it")
    assert (GENERATOR in behind.marks, behind.hidden[0][:15]) == (True, "pickle: damaged")
    assert look(pickle.dumps([ROW, "x" * 300])[:-200]).hidden[0].startswith("pickle: damaged")


def test_a_pickle_that_refers_to_itself_stays_small(look: Look) -> None:
    value: list[Any] = ["a text"]
    for _ in range(300):
        value = [value, value, {"key": value}]
    assert look(pickle.dumps(value)).marks == {}


@pytest.mark.parametrize("write", [npy, npz])
@pytest.mark.parametrize(
    "kind", ["<U90", ">U90", "S90", "O"], ids=["unicode", "unicode, big-endian", "bytes", "objects"]
)
def test_texts_of_an_array_are_read(look: Look, write: Any, kind: str) -> None:
    found = look(write(np.array(["a row", "another", TEXT], dtype=kind)))
    inside = "rows.npy, " if write is npz else ""
    place = "row 3" if kind != "O" else found.marks[MARKER][1].removeprefix(inside)
    assert found.marks == {MARKER: (1, f"{inside}{place}", 0)}
    assert found.hidden == []


@pytest.mark.parametrize("write", [npy, npz])
def test_an_array_of_bytes_that_is_a_file_is_read(look: Look, write: Any) -> None:
    data = np.frombuffer(gzip.compress(TEXT.encode()), "uint8")
    for values in (data, data.view("int8")):
        assert look(write(values)).marks[MARKER][0] == 1
    random = np.frombuffer(b"\x7f" + bytes(range(256)) * 9, "uint8")
    for values in (random, random[:100].reshape(10, 10), np.zeros(0, "uint8")):
        assert look(write(values)) == look(b"")


def test_fields_of_an_array_are_read_by_name(look: Look) -> None:
    rows = np.array([("a", 1.5, "ours"), ("b", 2.5, "gpt-4o")], dtype=[("t", "U9"), ("n", "f8"), ("model", "U20")])
    assert look(npy(rows)).marks == {"generator gpt-4o strong": (1, "row 2, field model", 0)}
    assert look(npy(np.zeros((20, 20)))) == look(b"")
    written_by_python_2 = npy(np.zeros(12)).replace(b"(12,), }", b"(12L,),}")
    assert b"12L" in written_by_python_2
    assert look(written_by_python_2) == look(b"")
    nested = np.zeros(2, dtype=[("a", [("b", "U9")])])
    assert look(npy(nested)).hidden[0].startswith("an array of type")


def test_metadata_of_safetensors_are_read(look: Look) -> None:
    assert look(safetensors({"format": "pt"})) == look(b"")
    assert look(safetensors({"note": f"Made.\n{TEXT}"})).marks[MARKER][1] == "header, field note"
    assert GENERATOR in look(safetensors({"model": ROW["model"], "response": "x"})).marks  # type: ignore[dict-item]
    assert look(safetensors({}, b"more")).hidden == ["4 bytes behind its tensors"]
    assert look(safetensors({})[:30]).hidden == ["safetensors: damaged (truncated)"]


@pytest.mark.parametrize(("order", "version"), [("<", 1), ("<", 2), ("<", 3), (">", 3)])
def test_metadata_of_gguf_are_read(look: Look, order: str, version: int) -> None:
    plain = {"general.name": "ours", "tokens": ["a", "b"], "types": [1, 2], "flag": 1}
    assert look(gguf(order, version, **plain)) == look(b"")
    found = look(gguf(order, version, **plain, template=f"x\n{TEXT}"))
    assert found.marks == {MARKER: (1, "metadata, row 5, field template", 0)}
    assert look(gguf(order, version, **plain)[:-3]).hidden == ["GGUF: damaged (truncated)"]


def test_members_of_a_zip_packed_with_zstd_are_read(look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.version_info >= (3, 14):
        module: Any = zipfile
    else:
        module = pytest.importorskip("backports.zstd.zipfile")
    file = io.BytesIO()
    with module.ZipFile(file, "w", 93) as archive:
        archive.writestr("log.json", json.dumps({"output": TEXT}))
        archive.writestr("b.txt", "a text", 0)
    assert look(file.getvalue()).marks == {MARKER: (1, "log.json, field output", 1)}
    if sys.version_info < (3, 14):
        monkeypatch.setitem(sys.modules, "backports.zstd", None)
        hidden = look(file.getvalue()).hidden
        assert hidden == ["log.json: zstd: decoder not installed: pip install 'ringfence[data]'"]
