"""Definitive and strong markers are found in every spelling and encoding, wherever data keeps text.

A container holds all examples, one in each row, line or member, so that a spelling costs one scan for each container.
"""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ringfence.policy.plan import Plan
from ringfence.scan import contents, matches, text
from ringfence.sources.file_store import File

from .test_evasion import SPELLINGS, Case, Mutator, cases

ENCODINGS = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
WIDE = tuple(
    Mutator(f"{name}, {how}", ("content",), change)
    for encoding in ENCODINGS
    for name, how, change in (
        (encoding, "marked", lambda text, code=encoding: f"\ufeff{text}\n".encode(code)),
        (encoding, "no mark", lambda text, code=encoding: f"{text}\n".encode(code)),
        (encoding, "behind one byte", lambda text, code=encoding: b"x" + f"\n{text}\n".encode(code)),
        (encoding, "behind Chinese", lambda text, code=encoding: f"{'中文' * 3000}\n{text}\n".encode(code)),
        (encoding, "behind a binary head", lambda text, code=encoding: b"\1\2\3HDR" * 700 + f"{text}\n".encode(code)),
    )
)


def _in_files(values: list[bytes], folder: Path) -> list[Path]:
    for number, value in enumerate(values):
        (folder / f"{number}.txt").write_bytes(value)
    return [folder / f"{number}.txt" for number in range(len(values))]


def _in_jsonl(values: list[bytes], folder: Path) -> list[Path]:
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join(json.dumps({"text": value.decode()}).encode() + b"\n" for value in values))
    return [path]


def _in_parquet(values: list[bytes], folder: Path) -> list[Path]:
    path = folder / "rows.parquet"
    pq.write_table(pa.table({"text": pa.array(values, pa.binary())}), path)
    return [path]


def _in_nested_parquet(values: list[bytes], folder: Path) -> list[Path]:
    path = folder / "rows.parquet"
    pq.write_table(pa.table({"turns": pa.array([[{"text": value}] for value in values])}), path)
    return [path]


def _in_sqlite(values: list[bytes], folder: Path) -> list[Path]:
    path = folder / "rows.db"
    with sqlite3.connect(path) as database:
        database.execute("create table t(text)")
        database.executemany("insert into t values(?)", [(value,) for value in values])
    database.close()
    return [path]


def _in_zip(values: list[bytes], folder: Path) -> list[Path]:
    path = folder / "rows.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, value in enumerate(values):
            archive.writestr(f"row {number + 1}", value)
    return [path]


def _in_gzip_members(values: list[bytes], folder: Path) -> list[Path]:
    paths = _in_files(values, folder)
    for path in paths:
        data = path.read_bytes()
        path.write_bytes(gzip.compress(data[:3]) + gzip.compress(data[3:8]) + gzip.compress(data[8:]))
    return paths


PLACES: tuple[Callable[[list[bytes], Path], list[Path]], ...] = (_in_jsonl, _in_parquet, _in_sqlite, _in_zip)
WIDE_PLACES = (_in_files, _in_gzip_members, _in_parquet, _in_nested_parquet, _in_sqlite, _in_zip)


def _list_cases(spelling: Mutator) -> list[Case]:
    tried = [
        case
        for case in cases(spelling, ("definitive", "strong"))
        if case.part == "content" and "\0" not in case.example and "tEXt" not in case.example
    ]
    assert len(tried) > 50
    return tried


@pytest.mark.long
@pytest.mark.parametrize("keep", PLACES, ids=lambda keep: keep.__name__.strip("_"))
@pytest.mark.parametrize("spelling", SPELLINGS, ids=lambda spelling: spelling.name)
def test_a_spelling_is_read_wherever_it_is_kept(
    spelling: Mutator, keep: Callable[..., list[Path]], plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _find_missed(_list_cases(spelling), keep, plan, tmp_path, monkeypatch) == []


@pytest.mark.long
@pytest.mark.parametrize("keep", WIDE_PLACES, ids=lambda keep: keep.__name__.strip("_"))
@pytest.mark.parametrize("encoding", WIDE, ids=lambda encoding: encoding.name)
def test_wide_text_is_read_wherever_it_begins(
    encoding: Mutator, keep: Callable[..., list[Path]], plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\n".join(_find_missed(_list_cases(encoding), keep, plan, tmp_path, monkeypatch)) == ""


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_whole_file_of_rows_in_wide_text_is_told_by_line_and_field(
    encoding: str, plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = _list_cases(Mutator("json", ("content",), lambda text: json.dumps({"answer": text})))

    def keep(values: list[bytes], folder: Path) -> list[Path]:
        (folder / "rows").write_bytes(b"\n".join(values).decode().encode(encoding))
        return [folder / "rows"]

    assert _find_missed(tried, keep, plan, tmp_path, monkeypatch) == []


def _find_missed(
    tried: list[Case], keep: Callable[..., list[Path]], plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """Scan a container of all cases, or a file for each, and return the cases whose marker isn't found in its row."""
    for module in (text, matches):
        monkeypatch.setattr(module, "EXCERPTS", 1 << 20)
    monkeypatch.setattr(matches, "_MAX_FIELDS", 1 << 20)
    found: dict[int, set[str]] = {}
    for number, path in enumerate(keep([case.data for case in tried], folder), 1):
        scanned = contents.scan_object(File(str(path)), plan)  # type: ignore[arg-type]  # it reads like an Object
        for (marker, _), item in scanned.matches.items():
            for place in item.places:
                row = re.search(r"row (\d+)", place.place)
                at = int(row[1]) if row else number if path.stem != "rows" else place.line
                found.setdefault(at, set()).add(marker)
    return [
        f"{case.marker.id}: {case.example!r}"
        for number, case in enumerate(tried, 1)
        if case.marker.id not in found.get(number, ())
    ]
