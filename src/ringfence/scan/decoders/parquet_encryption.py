"""Tells which columns of a Parquet file are encrypted, from a footer that isn't: pyarrow aborts when it asks itself.

https://github.com/apache/parquet-format/blob/master/Encryption.md; the footer is in Thrift's compact protocol.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE = 28  # bytes behind the footer of a file with encrypted columns
_ROW_GROUPS, _COLUMNS, _CRYPTO = 4, 1, (8, 9)  # ids of fields: of the file, of a row group, of a column chunk
_TRUE, _FALSE, _BYTE, _VARINTS, _DOUBLE, _BINARY, _LISTS, _MAP, _STRUCT = 1, 2, 3, (4, 5, 6), 7, 8, (9, 10), 11, 12
_LONG_LIST = 15


def find_encrypted_columns(footer: bytes) -> set[int]:
    """Return the numbers of the columns that are encrypted in any row group."""
    if footer[-_SIGNATURE - 1 : -_SIGNATURE] != b"\0":  # where the last struct of the file would end
        return set()
    try:
        return set(_Reader(footer).find_encrypted())
    except IndexError:
        return set()  # it is no such footer


class _Reader:
    """Walks over a footer."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def find_encrypted(self) -> Iterator[int]:
        """Yield the numbers of encrypted columns, those of each row group."""
        for field, kind in self._iter_fields():
            if field != _ROW_GROUPS or kind not in _LISTS:
                self._skip(kind)
                continue
            for _ in range(self._read_list()[0]):
                yield from self._find_in_group()

    def _find_in_group(self) -> Iterator[int]:
        for field, kind in self._iter_fields():
            if field != _COLUMNS or kind not in _LISTS:
                self._skip(kind)
                continue
            for number in range(self._read_list()[0]):
                is_encrypted = False
                for part, inner in self._iter_fields():
                    is_encrypted |= part in _CRYPTO
                    self._skip(inner)
                if is_encrypted:
                    yield number

    def _iter_fields(self) -> Iterator[tuple[int, int]]:
        """Yield (id, type) of the fields of a struct; the caller reads or skips each."""
        field = 0
        while byte := self._read_byte():
            delta, kind = byte >> 4, byte & 15
            if delta:
                field += delta
            else:
                number = self._read_varint()
                field = number >> 1 ^ -(number & 1)
            yield field, kind

    def _skip(self, kind: int) -> None:
        """Skip a value with all that it holds."""
        pending = [kind]
        while pending:
            kind = pending.pop()
            if kind == _BYTE:
                self._at += 1
            elif kind in _VARINTS:
                self._read_varint()
            elif kind == _DOUBLE:
                self._at += 8
            elif kind == _BINARY:
                size = self._read_varint()
                self._at += size
            elif kind in _LISTS:
                count, inner = self._read_list()
                self._check_count(count)
                pending += [_BYTE if inner in (_TRUE, _FALSE) else inner] * count
            elif kind == _MAP:
                if count := self._read_varint():
                    self._check_count(count)
                    kinds = self._read_byte()
                    pending += [kinds & 15, kinds >> 4] * count
            elif kind == _STRUCT:
                for _, inner in self._iter_fields():
                    self._skip(inner)
            elif kind not in (_TRUE, _FALSE):
                raise IndexError

    def _read_list(self) -> tuple[int, int]:
        byte = self._read_byte()
        count = byte >> 4
        return (self._read_varint() if count == _LONG_LIST else count), byte & 15

    def _check_count(self, count: int) -> None:
        if count > len(self._data) - self._at:  # each value has a byte at least
            raise IndexError

    def _read_varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._read_byte()
            value |= (byte & 127) << shift
            shift += 7
            if not byte & 128:
                return value

    def _read_byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]
