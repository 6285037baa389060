"""Fingerprints of a prompt, and of a prompt with its answer: how labels are known that are too short for text.

A row is compared field by field: if one of its fields is a recorded prompt and another is what was answered to it, the
row is that call's; if only the prompt is known, it is a hint.
"""

from __future__ import annotations

import csv
import json
import re
from hashlib import blake2b

from ...lazy_pattern import compile_lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Row = tuple[int, dict[str, str]]  # line or number, fields by name

SHORTEST_PROMPT = 12  # characters
_BATCH = 1000  # rows
_LARGEST_ROW = 1 << 20  # bytes
_MOST_FIELDS = 64  # of a row; each may be the prompt
_HEADER = compile_lazily(rb"[\w \"'.-]{1,60}([,;\t|][\w \"'.-]{1,60}){1,40}\r?$")


def fingerprint_prompt(prompt: str) -> int:
    """Return the fingerprint of a prompt, whatever its white space and case."""
    return _hash(b"prompt", prompt)


def fingerprint_pair(prompt: str, answer: str) -> int:
    """Return the fingerprint of a prompt together with its answer."""
    return _hash(b"pair", prompt, answer)


def _hash(kind: bytes, *texts: str) -> int:
    joined = "\0".join(normalise(text) for text in texts).encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(joined, digest_size=8, person=kind).digest(), "big")


def normalise(text: str) -> str:
    """Return a text with single blanks and in one case."""
    return " ".join(text.split()).casefold()


class RowWatcher:
    """Watches the bytes of a content go by, and hands on the rows of JSON Lines and of CSV, a thousand at a time."""

    def __init__(self, judge: Callable[[list[Row]], None]) -> None:
        self._judge = judge
        self._rows: list[Row] = []
        self._rest = b""
        self._line = 0
        self._names: list[str] = []  # of the columns of a table
        self._separator = ""
        self._record = b""  # a row of a table that goes on in the next line

    def watch(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the chunks as they are."""
        for chunk in chunks:
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._add_line(line)
            if len(self._rest) > _LARGEST_ROW:
                self._rest = b""  # no row
            yield chunk
        if self._rest:
            self._add_line(self._rest)
            self._rest = b""
        self._judge(self._rows)
        self._rows = []

    def _add_line(self, line: bytes) -> None:
        self._line += 1
        if self._line == 1 and _HEADER.match(line):
            self._separator = next(chr(sign) for sign in line if chr(sign) in ",;\t|")
            self._names = self._split_record(line)
        elif self._names:
            self._record = self._record + b"\n" + line if self._record else line
            if self._record.count(b'"') % 2 == 0 or len(self._record) > _LARGEST_ROW:
                cells = self._split_record(self._record)
                self._record = b""
                self._add_row(dict(zip(self._names, cells, strict=False)))
        elif line.startswith(b"{") and len(line) <= _LARGEST_ROW:
            try:
                self._add_row(json.loads(line))
            except (ValueError, RecursionError):
                return  # no row

    def _split_record(self, record: bytes) -> list[str]:
        try:
            text = record.decode("utf-8", "replace").rstrip("\r")
            return next(csv.reader([text], delimiter=self._separator), [])
        except csv.Error:
            return []  # the scan for marks says what can't be read

    def _add_row(self, row: Any) -> None:
        if fields := collect_fields(row):
            self._rows.append((self._line, fields))
            if len(self._rows) >= _BATCH:
                self._judge(self._rows)
                self._rows = []


def iter_parquet_rows(path: str) -> Iterator[list[Row]]:
    """Yield the rows of a Parquet file, some at a time; nothing where there is no reader, or it can't be read."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return
    number = 0
    try:
        for batch in pq.ParquetFile(path).iter_batches(_BATCH):
            rows = [
                (number + row, fields)
                for row, item in enumerate(batch.to_pylist(), 1)
                if (fields := collect_fields(item))
            ]
            number += batch.num_rows
            yield rows
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return  # the scan for marks says so


def collect_fields(row: Any) -> dict[str, str]:
    """Return the fields of a row that are texts, numbers or flags, and those of messages in it, by name."""
    fields: dict[str, str] = {}
    if isinstance(row, dict):
        for key, item in row.items():
            if len(fields) >= _MOST_FIELDS:
                break
            if isinstance(item, str | int | float) and str(key) != "None":
                fields[str(key)] = str(item)
            for number, message in enumerate(item[:_MOST_FIELDS] if isinstance(item, list) else ()):
                said = message.get("content", message.get("value")) if isinstance(message, dict) else None
                if isinstance(said, str):
                    fields[f"{key}[{number}]"] = said
    return fields if len(fields) > 1 else {}


def list_prompts(fields: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a row that may be a prompt, as (name, text)."""
    return ((name, text) for name, text in fields.items() if len(text) >= SHORTEST_PROMPT and re.search(r"\w", text))
