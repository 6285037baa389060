"""A Parquet file with encrypted columns says so in its footer: they are unread, and the others are read."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.parquet import encryption

from ringfence.scan.decoders.parquet_encryption import find_encrypted_columns

from .conftest import LINK, MARKER, Look

TEXT = LINK.decode()
TABLE = pa.table({"a": ["x", TEXT], "b": [{"c": "x", "d": 1}, {"c": TEXT, "d": 2}], "n": [1, 2]})


class Keys(encryption.KmsClient):
    def __init__(self, _: Any) -> None:
        super().__init__()

    def wrap_key(self, key: bytes, name: str) -> bytes:
        return base64.b64encode(key)

    def unwrap_key(self, wrapped: bytes, name: str) -> bytes:
        return base64.b64decode(wrapped)


def encrypted(path: Path, *columns: str, is_plain: bool = True, **how: Any) -> bytes:
    settings = encryption.EncryptionConfiguration(
        footer_key="f", column_keys={"k": list(columns)}, plaintext_footer=is_plain, double_wrapping=False
    )
    keys = encryption.CryptoFactory(Keys).file_encryption_properties(encryption.KmsConnectionConfig(), settings)
    with pq.ParquetWriter(path / "a.parquet", TABLE.schema, encryption_properties=keys, **how) as writer:
        for _ in range(3):
            writer.write_table(TABLE)
    return (path / "a.parquet").read_bytes()


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (("a",), {MARKER: (3, "row 2, field b.c", 0)}),
        (("b.c",), {MARKER: (3, "row 2, field a", 0)}),
        (("n",), {MARKER: (3, "row 2, field a", 0)}),
        (("a", "b.c", "b.d"), {}),
    ],
)
def test_the_other_columns_are_read(look: Look, tmp_path: Path, columns: tuple[str, ...], found: Any) -> None:
    said = look(encrypted(tmp_path, *columns))
    assert said.hidden == [f"encrypted columns: {', '.join(columns)}"]
    assert said.marks == found


def test_an_encrypted_footer_hides_all(look: Look, tmp_path: Path) -> None:
    assert look(encrypted(tmp_path, "a", is_plain=False)).hidden == ["encrypted Parquet: no decoder for this format"]


def test_a_footer_without_encryption_names_none(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "a.parquet", row_group_size=1)
    data = (tmp_path / "a.parquet").read_bytes()
    footer = data[-8 - int.from_bytes(data[-8:-4], "little") : -8]
    assert find_encrypted_columns(footer) == set()
    assert find_encrypted_columns(footer + b"\0" + bytes(28)) == set()


@pytest.mark.parametrize("at", range(0, 400, 7))
def test_a_damaged_footer_names_none_or_some_but_ends(at: int, tmp_path: Path) -> None:
    data = encrypted(tmp_path, "a")
    footer = bytearray(data[-8 - int.from_bytes(data[-8:-4], "little") : -8])
    footer[at % len(footer)] ^= 0x5F
    assert find_encrypted_columns(bytes(footer)) <= set(range(100))
