"""HDF5: texts in data sets and attributes are read by name and row, and nothing outside of the file is opened."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from .conftest import LINK, MARKER, Look

TEXT = f"Sure.\n{LINK.decode()}\n"
PACKED = np.frombuffer(gzip.compress(TEXT.encode()), np.uint8)
GENERATOR = "generator gpt-4o strong"


def hdf5(fill: Callable[[Any], object], **how: Any) -> bytes:
    file = io.BytesIO()
    with h5py.File(file, "w", **how) as root:
        fill(root)
    return file.getvalue()


def put(name: str, data: Any, **how: Any) -> Callable[[Any], object]:
    return lambda root: root.create_dataset(name, data=data, **how)


def note(root: Any) -> None:
    root.attrs["note"] = TEXT


def images(root: Any) -> None:
    rows = root.create_dataset("images", (2,), dtype=h5py.vlen_dtype(np.uint8))
    rows[0], rows[1] = np.frombuffer(b"pixels", np.uint8), PACKED


TABLE = np.array(
    [(1, b"ours", b"a"), (2, b"gpt-4o", TEXT.encode())], dtype=[("n", "i4"), ("model", "S9"), ("t", "S99")]
)


@pytest.mark.parametrize(
    ("fill", "place"),
    [
        (put("a/text", ["x", TEXT], dtype=h5py.string_dtype()), "a/text, row 2, field text"),
        (put("fixed", np.array([b"x", TEXT.encode()])), "fixed, row 2, field fixed"),
        (
            put("packed", np.array([b"x"] * 5000 + [TEXT.encode()]), compression="gzip"),
            "packed, row 5001, field packed",
        ),
        (put("letters", np.frombuffer(TEXT.encode(), "S1").reshape(1, -1)), "letters, row 1, field letters"),
        (put("one", TEXT), "one, row 1, field one"),
        (put("lists", np.array([[b"a", TEXT.encode()]])), "lists, row 1, field lists"),
        (put("table", TABLE), "table, row 2, field t"),
        (put("file", PACKED), "file, row 1, field file"),
        (images, "images, row 2, field images"),
        (note, "the file, row 1, field note"),
    ],
)
def test_texts_are_read(look: Look, fill: Callable[[Any], object], place: str) -> None:
    found = look(hdf5(fill))
    assert found.marks[MARKER][:2] == (1, place)
    assert found.hidden == []


def test_names_of_data_sets_columns_and_attributes_are_fields(look: Look) -> None:
    assert (
        look(hdf5(put("model", ["gpt-4o"], dtype=h5py.string_dtype()))).marks[GENERATOR][1]
        == "model, row 1, field model"
    )
    assert look(hdf5(put("table", TABLE))).marks[GENERATOR][1] == "table, row 2, field model"


@pytest.mark.parametrize("size", [512, 1024, 2048, 8192])
def test_a_user_block_hides_nothing(look: Look, size: int) -> None:
    assert look(hdf5(put("text", TEXT), userblock_size=size)).marks[MARKER][1].endswith("text, row 1, field text")


def test_numbers_are_clean(look: Look) -> None:
    def circle(root: Any) -> None:
        root["a/numbers"] = np.random.default_rng(1).random((90, 90))
        root["a/again"] = root["/"]
        root["soft"] = h5py.SoftLink("/nowhere")
        root["empty"] = h5py.Empty("f")

    assert look(hdf5(circle)) == look(b"")


def test_nothing_outside_of_the_file_is_opened(look: Look, tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(LINK)
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["text"] = np.frombuffer(LINK, np.uint8)

    def outside(root: Any) -> None:
        root["link"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "/text")
        root.create_dataset("raw", (9,), dtype="u1", external=[(str(tmp_path / "outside"), 0, 9)])
        layout = h5py.VirtualLayout((9,), dtype="u1")
        layout[:] = h5py.VirtualSource(str(tmp_path / "other.h5"), "text", (len(LINK),))[:9]
        root.create_virtual_dataset("virtual", layout)

    found = look(hdf5(outside))
    assert found.marks == {}
    assert sorted(found.hidden) == [f"{name}: it lies in another file" for name in ("link", "raw", "virtual")]


def test_what_is_cut_is_unread(look: Look) -> None:
    assert look(hdf5(put("text", TEXT))[:-50]).hidden[0].startswith("HDF5: damaged")


@pytest.mark.long
def test_what_is_endless_is_unread(look: Look) -> None:
    endless = hdf5(lambda root: root.create_dataset("rows", (1 << 40,), dtype="S100", chunks=(1000,)))
    assert look(endless).hidden == ["HDF5: it unpacks to more than 200 times its size (limits.ratio)"]
