"""An index that is published and fetched: whole or not at all, and never with its key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from conftest import TRAILER, Work, init
from samples import FUNCTION


@pytest.fixture
def work(tmp_path: Path) -> Work:
    work = init(tmp_path / "payments")
    work.commit(f"Settle\n\n{TRAILER}", files={"z.py": FUNCTION})
    assert work.ringfence("ingredients", "record", "--all", "--index", str(tmp_path / "index"))
    work.write("copy.py", "\n" + FUNCTION)
    return work


@pytest.fixture(params=["folder", "file://"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "file://":
        pytest.importorskip("fsspec")
        return f"file://{tmp_path}/published"
    return str(tmp_path / "published")


def finds(work: Work, index: Path) -> bool:
    said = work.ringfence("ingredients", "find", "--index", str(index), "copy.py")
    assert said.status in (0, 1), said.out
    return said.status == 1


def test_what_is_fetched_finds_what_the_index_does(work: Work, tmp_path: Path, address: str) -> None:
    index, gate = tmp_path / "index", tmp_path / "gate"
    assert "published 3 changed files" in work.ringfence("ingredients", "publish", address, "--index", str(index)).out
    assert "fetched 3 changed files" in work.ringfence("ingredients", "fetch", address, "--index", str(gate)).out
    assert not (gate / "key").exists()
    assert not (tmp_path / "published" / "key").exists()
    shutil.copy(index / "key", gate / "key")
    assert finds(work, gate)
    assert work.ringfence("ingredients", "verify", "--index", str(gate))


def test_only_what_changed_is_copied(work: Work, tmp_path: Path, address: str) -> None:
    index, gate = tmp_path / "index", tmp_path / "gate"
    assert work.ringfence("ingredients", "publish", address, "--index", str(index))
    assert "published 0 changed files" in work.ringfence("ingredients", "publish", address, "--index", str(index)).out
    assert work.ringfence("ingredients", "fetch", address, "--index", str(gate))
    work.commit(f"More\n\n{TRAILER}", files={"more.py": FUNCTION.replace("invoice", "receipt")})
    assert work.ringfence("ingredients", "record", "--all", "--index", str(index))
    assert "published 3 changed files" in work.ringfence("ingredients", "publish", address, "--index", str(index)).out
    assert "fetched 3 changed files" in work.ringfence("ingredients", "fetch", address, "--index", str(gate)).out
    shutil.copy(index / "key", gate / "key")
    assert work.ringfence("ingredients", "verify", "--index", str(gate))
    assert len(list((tmp_path / "published").iterdir())) == 5  # two segments, sources, manifest, list


def test_a_damaged_file_isnt_fetched(work: Work, tmp_path: Path) -> None:
    index, gate, published = tmp_path / "index", tmp_path / "gate", tmp_path / "published"
    assert work.ringfence("ingredients", "publish", str(published), "--index", str(index))
    largest = max(published.iterdir(), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1] + b"x")
    said = work.ringfence("ingredients", "fetch", str(published), "--index", str(gate))
    assert said.status == 3
    assert "is damaged" in said.out
    assert not (gate / "manifest").exists()


def test_a_newer_index_isnt_overwritten(work: Work, tmp_path: Path) -> None:
    index, published = tmp_path / "index", tmp_path / "published"
    assert work.ringfence("ingredients", "publish", str(published), "--index", str(index))
    assert work.ringfence("ingredients", "merge", "--index", str(index))
    said = work.ringfence("ingredients", "fetch", str(published), "--index", str(index))
    assert said.status == 3
    assert "is newer" in said.out
    assert finds(work, index)


def test_nothing_published_is_said(work: Work, tmp_path: Path) -> None:
    said = work.ringfence("ingredients", "fetch", str(tmp_path / "nowhere"), "--index", str(tmp_path / "gate"))
    assert said.status == 3
    assert "no index of ingredients is published" in said.out


def test_a_list_that_names_other_files_is_refused(work: Work, tmp_path: Path) -> None:
    published = tmp_path / "published"
    published.mkdir()
    (published / "published").write_text(f"{'0' * 64} manifest\n{'0' * 64} segments/../../x\n")
    said = work.ringfence("ingredients", "fetch", str(published), "--index", str(tmp_path / "gate"))
    assert said.status == 3
    assert "don't belong to an index" in said.out
