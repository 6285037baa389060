"""`ringfence audit` of addresses: fetched within bounds, judged, and removed."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.conftest import Audit
from conftest import TRAILER, Work, init


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server of repositories, and its folder."""
    folder = tmp_path / "served"
    for name, message in (("clean", "First"), ("marked", f"First\n\n{TRAILER}")):
        work = init(tmp_path / "made" / name)
        work.commit(
            message, files={"a.md": "A place.\n", "large.txt": os.urandom(1 << 20).hex() if name == "clean" else "x"}
        )
        work.did("branch", "side")
        work.did("clone", "-q", "--mirror", ".", str(folder / f"{name}.git"))
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = ["git", "daemon", "--reuseaddr", "--export-all", f"--base-path={folder}", "--listen=127.0.0.1"]
    with subprocess.Popen([*command, f"--port={port}"], start_new_session=True, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.02)
        yield f"git://127.0.0.1:{port}", folder
        os.killpg(running.pid, 15)


def test_an_address_is_fetched_judged_and_removed(audit: Audit, served: tuple[str, Path]) -> None:
    address, _ = served
    said = audit.run(f"{address}/clean.git", f"{address}/marked.git")
    assert said.status == 0, said.out
    units = audit.units()
    assert (units["marked.git"]["blocking"], units["clean.git"]["outcome"]) == (1, "allowed")
    assert units["clean.git"]["unit"] == f"{address}/clean.git"
    assert not list((audit.out / ".scratch").iterdir())


def test_nothing_is_fetched_twice(audit: Audit, served: tuple[str, Path], tmp_path: Path) -> None:
    address, folder = served
    audit.run(f"{address}/clean.git", f"{address}/marked.git")
    before = set((audit.out / "results").rglob("*.gz"))
    assert len(before) == 2
    Work(tmp_path / "made" / "clean").commit(f"More\n\n{TRAILER}")
    Work(tmp_path / "made" / "clean").did("push", "-q", str(folder / "clean.git"), "main:other")
    audit.run(f"{address}/clean.git", f"{address}/marked.git")
    assert len(set((audit.out / "results").rglob("*.gz")) - before) == 1
    assert audit.units()["clean.git"]["blocking"] == 1


def test_what_is_larger_than_the_disk_is_an_error(audit: Audit, served: tuple[str, Path]) -> None:
    address, _ = served
    said = audit.run(f"{address}/clean.git", f"{address}/marked.git", "--disk", "600K", "--jobs", "1")
    assert said.status == 3
    assert "--disk" in audit.units()["clean.git"]["error"]
    assert audit.units()["marked.git"]["blocking"] == 1
    assert not list((audit.out / ".scratch").iterdir())
    assert audit.run(f"{address}/clean.git", "--disk", "much").status == 2


def test_what_cannot_be_reached_is_an_error_without_the_password(audit: Audit, served: tuple[str, Path]) -> None:
    address, _ = served
    said = audit.run(f"{address}/nothing.git", "http://ann:secret@127.0.0.1:1/x.git", "git@127.0.0.1:x.git")
    assert said.status == 3
    errors = {row["unit"]: row["error"] for row in audit.table("units")}
    assert all(error.startswith("it can't be reached: ") for error in errors.values())
    assert "http://127.0.0.1:1/x.git" in errors
    written = [path.read_bytes() for path in audit.out.rglob("*") if path.is_file()]
    assert not [data for data in written if b"secret" in data]
    assert "secret" not in said.out


@pytest.mark.parametrize("address", ["ext::sh -c touch% pwned", "fd::17", "--upload-pack=touch pwned"])
def test_no_address_runs_a_program(audit: Audit, tmp_path: Path, address: str) -> None:
    (tmp_path / "list").write_text(f"{address}\n")
    said = audit.run(f"@{tmp_path / 'list'}")
    assert said.status == 3, said.out
    assert not (tmp_path / "pwned").exists()
