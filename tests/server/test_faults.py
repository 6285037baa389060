"""Whatever breaks while a push is judged refuses it, says that it is an error, and says where to look."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import TRAILER, Said, Work, run
from server.conftest import DECLINED, refs
from server.drivers import put

NO_FINDING = "  Refused because of this error, not because of what was found."


def spoken(said: Said) -> list[str]:
    return [line[8:].rstrip() for line in said.out.splitlines() if line.startswith("remote: ")]


def first(server: Work, line: str) -> None:
    """Let the hook begin with a line of sh."""
    gate = server.path / "hooks/pre-receive"
    gate.write_text(gate.read_text().replace("#!/bin/sh\n", f"#!/bin/sh\n{line}\n", 1))


def failing_git(server: Work, folder: Path, command: str, does: str) -> None:
    """Put a git in front of the real one that does something else for one command."""
    real = run("sh", "-c", "command -v git", cwd=folder).out.strip()
    put(folder / "bin/git", f'#!/bin/sh\ncase " $* " in *" {command} "*) {does};; esac\nexec {real} "$@"\n')
    first(server, f"PATH={folder}/bin:$PATH; export PATH")


def git_is_killed(server: Work, folder: Path) -> str:
    failing_git(server, folder, "diff-tree", "kill -9 $$")
    return "ringfence: git diff-tree was killed by signal 9: no error message"


def git_is_killed_while_it_reads(server: Work, folder: Path) -> str:
    failing_git(server, folder, "cat-file", "kill -9 $$")
    return "ringfence: git cat-file was killed by signal 9: no error message"


def git_fails(server: Work, folder: Path) -> str:
    failing_git(server, folder, "rev-list", "echo fatal: unable to map >&2; exit 128")
    return "ringfence: git rev-list exited with 128: fatal: unable to map"


def git_is_gone(server: Work, folder: Path) -> str:
    first(server, f"PATH={folder}; export PATH")
    return "ringfence: git could not be started: No such file or directory."


def an_object_is_missing(server: Work, folder: Path) -> str:
    tree = server.did("rev-parse", "main^{tree}")
    (server.path / "objects" / tree[:2] / tree[2:]).unlink()
    return "ringfence: HEAD can't be read (the object is missing)."


def a_pack_is_damaged(server: Work, folder: Path) -> str:
    server.did("repack", "-adq")
    pack = next(server.path.glob("objects/pack/*.pack"))
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    for place in range(14, len(data) - 20):
        data[place] ^= 0x55
    pack.write_bytes(data)
    return "ringfence: git cat-file ended in the middle of an object."


def a_policy_cannot_be_read(server: Work, folder: Path) -> str:
    server.did("config", "ringfence.policy", str(folder))
    return f"ringfence: {folder} (git config ringfence.policy): can't be read: Is a directory."


def a_policy_is_no_policy(server: Work, folder: Path) -> str:
    (folder / "policy.toml").write_text("version = 1\ntags = [")
    server.did("config", "ringfence.policy", str(folder / "policy.toml"))
    return f"ringfence: {folder}/policy.toml (git config ringfence.policy):"


def python_is_gone(server: Work, folder: Path) -> str:
    gate = server.path / "hooks/pre-receive"
    gate.write_text(gate.read_text().replace("exec ", f"exec {folder}/no-such", 1))
    return "hooks/pre-receive: "


def we_are_killed(server: Work, folder: Path) -> str:
    failing_git(server, folder, "diff-tree", "kill -9 $PPID; sleep 0.2")
    return "hooks/pre-receive died of signal 9"


FAULTS = [
    git_is_killed, git_is_killed_while_it_reads, git_fails, git_is_gone, an_object_is_missing, a_pack_is_damaged,
    a_policy_cannot_be_read, a_policy_is_no_policy, python_is_gone, we_are_killed,
]  # fmt: skip


# Here the message comes from the shell or from git, since nothing of ours runs any more.
SILENT = (python_is_gone, we_are_killed)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_refuses_even_what_is_clean(
    clone: Work, server: Work, tmp_path: Path, fault: Callable[[Work, Path], str]
) -> None:
    """Each fault of the machine refuses a clean push, names its cause and what to do, and claims no finding."""
    (tmp_path / "fault").mkdir()
    clone.commit("Clean", files={"rows.txt": "clean\n"})
    before = refs(server) if fault is not a_pack_is_damaged else None
    told = fault(server, tmp_path / "fault")
    said = clone.git("push", "origin", "main:refs/heads/topic")
    assert not said, said.out
    assert told in said.out
    assert "Traceback" not in said.out
    assert "mark of rival" not in said.out
    assert "[remote rejected] main -> topic" in said.out
    if fault not in SILENT:
        words = spoken(said)
        assert words[-1] == NO_FINDING
        assert words[-2].startswith(
            ("  Ask an administrator ", "  Whoever keeps ", "  See what ", "  Correct ", "  Put git ")
        )
    if before is not None and fault is not an_object_is_missing:
        assert refs(server) == before


@pytest.mark.parametrize("megabytes", [32, *(pytest.param(size, marks=pytest.mark.long) for size in (8, 56, 256))])
def test_too_little_memory_lets_nothing_through(clone: Work, server: Work, compiled: Path, megabytes: int) -> None:
    """Under each memory limit the push is refused, whether Python can't start or a verdict is reached."""
    clone.commit(f"Second\n\n{TRAILER}", files={f"f{number}.txt": f"{number}\n" for number in range(100)})
    gate = server.path / "hooks/pre-receive"
    # Without memory for its own error CPython has been seen to spin, around 16 MB: nothing gets through then either.
    gate.write_text(gate.read_text().replace("exec ", "exec timeout 60 ", 1))
    first(server, f"ulimit -v {megabytes * 1024}")
    said = clone.git("push", "origin", "main", XDG_CACHE_HOME=str(compiled))
    assert not said
    assert "Traceback" not in said.out
    assert DECLINED in said.out
    words = spoken(said)
    if "refused, 1 mark of rival AI tools" not in words[0] and words[0].startswith("ringfence"):
        assert words[-1] == NO_FINDING


@pytest.mark.parametrize("remembers", [True, False])
@pytest.mark.parametrize("marked", [True, False])
def test_a_full_disk_changes_no_verdict(clone: Work, server: Work, marked: bool, remembers: bool) -> None:
    """Where no file can grow, clean passes and marked is refused, with the cache of clean objects filled or empty."""
    if remembers:
        rows = {f"{number}.txt": f"row {number}\n" for number in range(350)}
        clone.commit("Many", files=rows)
        assert clone.git("push", "origin", "main")
    clone.commit(f"Second\n\n{TRAILER if marked else ''}", files={"rows.txt": "rows\n"})
    first(server, "ulimit -f 0")
    said = clone.git("push", "origin", "main")
    assert bool(said) is not marked, said.out
    assert ("refused, 1 mark of rival AI tools" in said.out) is marked


def test_a_fault_on_a_full_disk_refuses(clone: Work, server: Work) -> None:
    """An unforeseen exception that can't be logged refuses with the message of exit code 70."""
    failing = server.path / "hooks/pre-receive"
    broken = "import ringfence.gate.receive as it; it.handle_push = lambda *_: 1 // 0; main()'"
    failing.write_text(failing.read_text().replace("main()'", broken, 1))
    first(server, "ulimit -f 0")
    clone.commit("Second")
    said = clone.git("push", "origin", "main")
    assert not said
    assert spoken(said) == ["ringfence: a fault of ringfence's own.", "  No log could be written.", NO_FINDING]


@pytest.mark.long
def test_a_broken_cache_lets_nothing_through(clone: Work, server: Work, compiled: Path) -> None:
    """Cache files full of random bytes are discarded and made again, and the mark is found."""
    for path in (compiled / "ringfence").iterdir():
        path.write_bytes(os.urandom(len(path.read_bytes())))
    clone.commit(f"Second\n\n{TRAILER}")
    said = clone.git("push", "origin", "main", XDG_CACHE_HOME=str(compiled))
    assert "refused, 1 mark of rival AI tools" in said.out
