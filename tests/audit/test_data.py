"""`ringfence audit` of data: every file, hidden or not, to its last byte, with the row of each finding."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit.conftest import Audit
from conftest import TRAILER, init
from ringfence.audit.survey.collect import run_audit
from ringfence.audit.survey.judge import prepare_plans
from ringfence.audit.survey.listing import group_shards, list_shards
from ringfence.audit.survey.local import run_locally
from ringfence.audit.survey.model import DATA, Settings, Shard, Unit
from ringfence.audit.survey.results import ResultFolder

CLEAN = [{"id": number, "text": f"a text of person {number}"} for number in range(40)]
ROWS = [*CLEAN, {"id": 40, "text": "an answer", "model": "gpt-4o"}]


def lines(rows: list[dict[str, object]] = ROWS) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def parquet(rows: list[dict[str, object]] = ROWS) -> bytes:
    sink = io.BytesIO()
    columns = {name: [row.get(name) for row in rows] for name in ("id", "text", "model")}
    pq.write_table(pa.table(columns), sink, row_group_size=10)
    return sink.getvalue()


def tar(rows: list[dict[str, object]] = ROWS) -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as file:
        for row in rows:
            info = tarfile.TarInfo(f"{row['id']:06}.json")
            data = json.dumps(row).encode()
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
    return sink.getvalue()


def zst(data: bytes) -> bytes:
    codec = pa.Codec("zstd")
    return b"".join(bytes(codec.compress(part)) for part in (data[: len(data) // 2], data[len(data) // 2 :]))


FORMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.jsonl": (lines, ""),
    ".hidden.jsonl": (lines, ""),
    "_part.ndjson": (lines, ""),
    "A.JSONL.GZ": (lambda: gzip.compress(lines()), ""),
    "no-suffix": (lambda: gzip.compress(lines()), ""),
    "wrong.jsonl": (lambda: gzip.compress(lines()), ""),
    "two-frames.zst": (lambda: zst(lines()), ""),
    "b.bz2": (lambda: bz2.compress(lines()), ""),
    "b.xz": (lambda: lzma.compress(lines()), ""),
    ".h/c.parquet": (parquet, ""),
    "x[1].tar": (tar, "000040.json"),
}


def test_every_file_is_read_to_its_last_row(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for name, (make, _) in FORMS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make())
    said = audit.run(folder)
    assert said.status == 0, said.out
    found = {row["path"]: row for row in audit.table("findings")}
    assert set(found) == set(FORMS)
    for name, (_, member) in FORMS.items():
        row = found[name]
        assert row["is_blocking"], name
        assert row["model"] == "gpt-4o" or "gpt-4o" in row["product"]
        assert (member in row["place"]) if member else row["row"] == 41, (name, row)
    [unit] = audit.table("units")
    assert (unit["kind"], unit["objects"], unit["outcome"]) == ("data", len(FORMS), "blocked")


def test_each_file_has_its_own_columns(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    pq.write_table(pa.table({"text": ["a"]}), folder / "a.parquet")
    pq.write_table(pa.table({"text": ["b"], "generator": ["claude-3-opus-20240229"]}), folder / "b.parquet")
    audit.run(folder)
    assert [(row["path"], row["row"]) for row in audit.table("findings")] == [("b.parquet", 1)]


CUT = {
    "cut.gz": lambda: gzip.compress(os.urandom(9000) + lines())[:-100],
    "cut.zst": lambda: zst(lines())[:-5],
    "cut.parquet": lambda: parquet()[:-100],
    "cut.tar": lambda: tar()[: 20 * 1024],  # between two members
    "cut2.tar": lambda: tar()[: 20 * 1024 + 700],
}


def test_a_shard_cut_short_is_one_row_of_error_and_the_rest_is_complete(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "whole.jsonl").write_bytes(lines())
    for name, make in CUT.items():
        (folder / name).write_bytes(make())
    os.symlink("nowhere", folder / "dangling")
    os.mkfifo(folder / "pipe")
    said = audit.run(folder, "--timeout", "60")
    assert said.status == 3, said.out
    errors = [row["path"] for row in audit.table("unread") if row["is_error"]]
    assert sorted(errors) == sorted([*CUT, "dangling", "pipe"])
    assert "whole.jsonl" in {row["path"] for row in audit.table("findings")}
    assert audit.units()["data"]["outcome"] == "error"


def test_a_damaged_file_in_an_archive_is_unread_and_no_error(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as file:
        data = gzip.compress(os.urandom(5000))[:-100]
        info = tarfile.TarInfo("x.gz")
        info.size = len(data)
        file.addfile(info, io.BytesIO(data))
    (folder / "a.tar").write_bytes(sink.getvalue())
    assert audit.run(folder).status == 0
    [row] = audit.table("unread")
    assert not row["is_error"]
    assert audit.units()["data"]["outcome"] == "incomplete"


def test_links_are_followed_once(audit: Audit, tmp_path: Path) -> None:
    """As in a hub's cache: blobs by their digest, and names that lead to them; and folders that lie elsewhere."""
    folder, other = tmp_path / "cache", tmp_path / "other"
    for made in (folder / "blobs", folder / "snapshots" / "main", other):
        made.mkdir(parents=True)
    (folder / "blobs" / "0a1b").write_bytes(lines())
    os.symlink("../../blobs/0a1b", folder / "snapshots" / "main" / "train.jsonl")
    (other / "far.jsonl").write_bytes(lines())
    os.symlink(other, folder / "elsewhere")
    os.symlink(folder, folder / "elsewhere2")
    os.symlink(folder, other / "back")
    audit.run(folder)
    assert sorted(row["path"] for row in audit.table("findings")) == [
        "elsewhere/far.jsonl",
        "snapshots/main/train.jsonl",
    ]


def test_a_folder_of_repositories_may_hold_data_too(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    init(folder / "repo").commit(f"Add\n\n{TRAILER}")
    (folder / "rows.jsonl").write_bytes(lines())
    audit.run(folder)
    assert {name: row["kind"] for name, row in audit.units().items()} == {"repo": "repository", "mixed": "data"}
    assert {row["path"] for row in audit.table("findings")} == {"", "rows.jsonl"}


def test_one_file_is_a_unit(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(lines())
    audit.run(tmp_path / "rows.jsonl")
    assert [row["path"] for row in audit.table("findings")] == ["rows.jsonl"]
    audit.run(f"file://{tmp_path / 'rows.jsonl'}")
    assert [row["path"] for row in audit.table("findings")] == ["rows.jsonl"]


def test_only_what_changed_is_judged_anew(audit: Audit, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for number in range(400):
        (folder / f"{number}.jsonl").write_bytes(lines(CLEAN))
    audit.run(folder)
    before = set((audit.out / "results").rglob("*.gz"))
    (folder / "new.jsonl").write_bytes(lines())
    audit.run(folder)
    assert len(before) > 1
    assert len(set((audit.out / "results").rglob("*.gz")) - before) == 1
    assert [row["path"] for row in audit.table("findings")] == ["new.jsonl"]
    assert audit.units()["data"]["objects"] == 401


def test_groups_hold_every_file_once() -> None:
    unit = Unit("u", DATA, "u")
    shards = [Shard(str(number), size, "s") for number, size in enumerate([1, 40 << 20, 5] * 2000)]
    works = list(group_shards(unit, shards))
    assert sorted(shard.path for work in works for shard in work.shards) == sorted(shard.path for shard in shards)
    assert len({work.number for work in works}) == len(works)
    assert all(len(work.shards) == 1 for work in works if work.size >= 40 << 20)


@pytest.fixture
def memory() -> fsspec.AbstractFileSystem:
    made = fsspec.filesystem("memory")
    made.rm("/", recursive=True)
    return made


def audit_in_process(folder: Path, *units: Unit) -> None:
    settings = Settings(seconds=60)
    locally = partial(run_locally, plans=prepare_plans(settings), jobs=2)
    run_audit(units, settings, ResultFolder(str(folder)), locally, locally, lambda _: None)


def test_an_address_is_listed_anew_and_read_whole(audit: Audit, memory: fsspec.AbstractFileSystem) -> None:
    for name in ("a.jsonl", ".b.jsonl", "_c/x[1].jsonl", "deep/er/d"):
        memory.pipe_file(f"/lake/{name}", lines())
    memory.pipe_file("/lake/large.jsonl", lines(CLEAN) * 600 + lines())
    unit = Unit("memory://lake", DATA, "memory://lake")
    audit_in_process(audit.out, unit)
    found = {row["path"]: row["row"] for row in audit.table("findings")}
    rows = {".b.jsonl": 41, "_c/x[1].jsonl": 41, "a.jsonl": 41, "deep/er/d": 41, "large.jsonl": 600 * 40 + 41}
    assert found == rows
    memory.pipe_file("/lake/new", lines())
    audit_in_process(audit.out, unit)
    assert {row["path"] for row in audit.table("findings")} == {*rows, "new"}


def test_an_address_that_leads_nowhere_is_a_row_of_error(audit: Audit, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(lines())
    said = audit.run("nosuch://x", f"local://{tmp_path}/empty", f"local://{tmp_path}/rows.jsonl")
    assert said.status == 3
    errors = {row["unit"]: row["error"] for row in audit.table("units")}
    assert "nosuch" in errors["nosuch://x"]
    assert errors[f"local://{tmp_path}/empty"]
    assert errors[f"local://{tmp_path}/rows.jsonl"] == ""
    assert [row["path"] for row in audit.table("findings")] == ["rows.jsonl"]


def test_a_missing_folder_is_listed_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert list_shards(Unit("e", DATA, str(tmp_path / "empty"))) == []
