"""PyTorch's files: the texts in their pickles are read; the numbers of their tensors aren't, and nothing else passes.

They are written as `torch.save` of 2.13.0 does, in both of its layouts, without PyTorch, which is very large.
"""

from __future__ import annotations

import io
import pickle
import random
import struct
import sys
import types
import zipfile
from typing import Any

import pytest

from .conftest import LINK, MARKER, Look

ROW = {"prompt": "Say hi", "response": "Hi there", "model": "gpt-4o-2024-08-06"}
GENERATOR = "generator gpt-4o-2024-08-06 strong"
MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
MACHINE = {"protocol_version": PROTOCOL, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}


class Storage:
    def __init__(self, kind: str, key: str, data: bytes, width: int) -> None:
        self.about = ("storage", getattr(sys.modules["torch"], kind), key, "cpu", len(data) // width, None)
        self.key, self.data, self.count = key, data, len(data) // width


class Tensor:
    """Reduces to a call of PyTorch's own that makes it from a storage."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def __reduce__(self) -> tuple[Any, ...]:
        return sys.modules["torch._utils"]._rebuild_tensor_v2, (self.storage, 0, (self.storage.count,), (1,), False)


class Pickler(pickle.Pickler):
    def persistent_id(self, value: Any) -> Any:
        return value.about if isinstance(value, Storage) else None


@pytest.fixture(autouse=True)
def _torch(monkeypatch: pytest.MonkeyPatch) -> None:
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    for kind in ("FloatStorage", "LongStorage", "HalfStorage"):
        setattr(torch, kind, type(kind, (), {"__module__": "torch", "__qualname__": kind}))

    def _rebuild_tensor_v2() -> None: ...

    _rebuild_tensor_v2.__module__, _rebuild_tensor_v2.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    utils._rebuild_tensor_v2 = _rebuild_tensor_v2  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)


def numbers(count: int, seed: int = 1) -> bytes:
    chance = random.Random(seed)
    return struct.pack(f"<{count}f", *(chance.gauss(0, 1) for _ in range(count)))


def storages() -> list[Storage]:
    return [
        Storage("FloatStorage", "94001", numbers(5000), 4),
        Storage("LongStorage", "94002", bytes(range(80)), 8),
        Storage("HalfStorage", "94003", numbers(30, 2), 2),
    ]


def dump(value: Any, protocol: int = 2) -> bytes:
    file = io.BytesIO()
    Pickler(file, protocol).dump(value)
    return file.getvalue()


def legacy(value: Any, made: list[Storage], protocol: int = 2) -> bytes:
    pickles = [dump(item, protocol) for item in (MAGIC, PROTOCOL, MACHINE, value, [one.key for one in made])]
    return b"".join([*pickles, *(struct.pack("<q", one.count) + one.data for one in made)])


def zipped(value: Any, made: list[Storage]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model/data.pkl", dump(value))
        archive.writestr("model/byteorder", "little")
        for one in made:
            archive.writestr(f"model/data/{one.key}", one.data)
    return file.getvalue()


@pytest.mark.parametrize("protocol", [2, 3, 4])
def test_a_checkpoint_is_clean(look: Look, protocol: int) -> None:
    made = storages()
    state = {"epoch": 3, "weights": [Tensor(one) for one in made], "note": "by hand", "shared": Tensor(made[0])}
    assert look(legacy(state, made, protocol)) == look(b"")
    assert look(zipped(state, made)) == look(b"")


@pytest.mark.parametrize("write", [legacy, zipped])
def test_texts_beside_tensors_are_read(look: Look, write: Any) -> None:
    made = storages()[:1]
    found = look(write({"weights": Tensor(made[0]), "note": LINK.decode(), "rows": [ROW]}, made))
    assert {MARKER, GENERATOR} <= found.marks.keys()
    assert found.hidden == []


def test_what_is_behind_the_tensors_is_unread(look: Look) -> None:
    made = storages()
    assert look(legacy([Tensor(one) for one in made], made) + b"more").hidden == ["PyTorch: 4 bytes behind its tensors"]


def test_a_checkpoint_cut_short_is_unread(look: Look) -> None:
    made = storages()
    whole = legacy([Tensor(one) for one in made] + [ROW], made)
    for length in (len(whole) - 1, len(whole) - 20_300, 60):
        assert "PyTorch: damaged" in " ".join(look(whole[:length]).hidden)


def test_a_storage_of_no_known_kind_is_unread(look: Look) -> None:
    made = storages()
    left_out = legacy([Tensor(made[0])], made)
    assert look(left_out).hidden == ["PyTorch: damaged (a storage of no known kind)"]
