"""Refused pushes as bundles."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Work, init, run
from ringfence.git.repo import Repo
from ringfence.records import bundles


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_bundle_holds_what_the_repository_lacks_and_can_be_imported(tmp_path: Path, object_format: str) -> None:
    work = init(tmp_path / "work", f"--object-format={object_format}")
    first = work.commit("First")
    run("git", "clone", "-q", "--bare", str(work.path), str(tmp_path / "other.git"), cwd=tmp_path)
    work.did("checkout", "-q", "--detach")
    second = work.commit("Second", files={"rows.txt": "rows\n"})
    work.did("switch", "-q", "main")
    name = b"refs/quarantine/1/refs/heads/main"
    repo = Repo(str(work.path))

    bundles.write_bundle(repo, "1", {name: second})

    [path] = bundles.list_bundles(repo)
    assert path == str(work.path / ".git/quarantine/1.bundle")
    assert f"-{first} " in Path(path).read_bytes().split(b"\n\n")[0].decode()
    other = Repo(str(tmp_path / "other.git"))
    assert bundles.import_bundle(other, path) == {name: second}
    assert Work(tmp_path / "other.git").did("cat-file", "-p", f"{second}:rows.txt") == "rows"
    assert Work(tmp_path / "other.git").did("for-each-ref", "--format=%(refname)") == "refs/heads/main"


def test_bundles_are_listed_oldest_first_and_half_written_files_are_not(tmp_path: Path) -> None:
    work = init(tmp_path / "work")
    assert bundles.list_bundles(Repo(str(work.path))) == []
    for name in ("20260202-b.bundle", "20260101-a.bundle", ".20260303-c.77"):
        work.write(f".git/quarantine/{name}")
    found = [Path(path).name for path in bundles.list_bundles(Repo(str(work.path)))]
    assert found == ["20260101-a.bundle", "20260202-b.bundle"]
