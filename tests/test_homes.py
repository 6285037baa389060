"""A hook whose user has no home creates none, and works: what it keeps goes to the temporary folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from conftest import SHARE_LINK, Work, run, seed_databases
from ringfence.resources import find_user_folder

LINE = f"{'0' * 40} {{}} refs/heads/other\n"


@pytest.fixture
def homeless(tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose home isn't there, with a temporary folder of its own."""
    (tmp_path / "temporary").mkdir()
    seed_databases(tmp_path / f"temporary/ringfence-{os.getuid()}")
    nothing = {"XDG_CACHE_HOME": "", "XDG_STATE_HOME": ""}
    return nothing | {"HOME": str(tmp_path / "no-such"), "TMPDIR": str(tmp_path / "temporary")}


def kept(tmp_path: Path) -> set[str]:
    """Return the endings of what was kept in our folder of the temporary one."""
    return {path.suffix for path in (tmp_path / "temporary" / f"ringfence-{os.getuid()}").iterdir()}


@pytest.mark.parametrize("below", ["", "cache"])
def test_a_servers_hook_judges_and_creates_no_home(
    clone: Work, server: Work, homeless: dict[str, str], tmp_path: Path, below: str
) -> None:
    if below:
        homeless |= {"XDG_CACHE_HOME": f"{homeless['HOME']}/cache", "XDG_STATE_HOME": f"{homeless['HOME']}/state"}
    clone.commit("Add rows", files={"rows.txt": f"{SHARE_LINK}\n"})
    said = clone.git("push", "origin", "main", **homeless)
    assert "ringfence pre-receive: refused, 1 mark" in said.out
    clone.did("reset", "-q", "--hard", "HEAD~1")
    clone.commit("Add rows", files={"rows.txt": "a row\n"})
    said = clone.git("push", "origin", "main", **homeless)
    assert said, said.out
    assert not (tmp_path / "no-such").exists()
    assert {".markers", ".plan"} <= kept(tmp_path)


def test_a_clients_hook_judges_and_creates_no_home(laptop: Work, homeless: dict[str, str], tmp_path: Path) -> None:
    laptop.write("rows.txt", f"{SHARE_LINK}\n")
    laptop.did("add", "rows.txt")
    said = laptop.git("commit", "-m", "Add rows", **homeless)
    assert "ringfence pre-commit: refused, 1 mark" in said.out
    laptop.write("rows.txt", "a row\n")
    laptop.did("add", "rows.txt")
    assert laptop.git("commit", "-m", "Add rows", **homeless)
    assert not (tmp_path / "no-such").exists()
    assert {".markers", ".plan"} <= kept(tmp_path)


def test_a_fault_is_logged_without_a_home(server: Work, homeless: dict[str, str], tmp_path: Path) -> None:
    gate = server.path / "hooks/pre-receive"
    broken = "import ringfence.gate.receive as it; it.handle_push = lambda *_: 1 // 0; main()'"
    gate.write_text(gate.read_text().replace("main()'", broken, 1))
    line = LINE.format("1" * 40).encode()
    said = run(str(gate), cwd=server.path, stdin=line, GIT_DIR=".", **homeless)
    assert said.status == 70
    assert f"Please report it with {tmp_path}/temporary/ringfence-fault-" in said.out
    assert not (tmp_path / "no-such").exists()


@pytest.mark.parametrize(
    ("home", "named", "folder"),
    [
        ("{}", "", "{}/.cache/ringfence"),
        ("{}", "{}/elsewhere", "{}/elsewhere/ringfence"),
        ("{}/none", "", ""),
        ("{}/none", "{}/none/cache", ""),
        ("{}/none", "{}/nonesuch", "{}/nonesuch/ringfence"),
        ("{}/none/", "{}/none/cache", ""),
        ("", "", ""),
        ("", "{}/elsewhere", "{}/elsewhere/ringfence"),
    ],
)
def test_what_is_kept_lies_in_a_home_that_is_there_or_where_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: str, named: str, folder: str
) -> None:
    monkeypatch.setenv("HOME", home.format(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", named.format(tmp_path))
    assert find_user_folder("XDG_CACHE_HOME", ".cache") == folder.format(tmp_path)


def test_a_user_whom_the_system_does_not_know_has_no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)  # what it does for such a user
    assert find_user_folder("XDG_CACHE_HOME", ".cache") == ""
