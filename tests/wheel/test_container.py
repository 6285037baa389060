"""The recipe of the container image: what it names exists, and its own steps make an installation that is sealed."""

from __future__ import annotations

import os
import re
import shlex
import sys
from pathlib import Path

import pytest

from conftest import SHARE_LINK, TRAILER, Work, cloned, init, run
from ringfence.commands.program import COMMANDS

ROOT = Path(__file__).parents[2]
TEXT = re.sub(r" \\\n", " ", re.sub(r"^#.*\n", "", (ROOT / "Containerfile").read_text(), flags=re.MULTILINE))
STEPS = [tuple(line.split(maxsplit=1)) for line in TEXT.splitlines() if line]
KNOWN = {"ARG", "FROM", "RUN", "COPY", "CMD"}
PROGRAMS = {"python3", "git", "ln", "mkdir", "find", "sort", "cksum", "rm", "chmod", "apt-get"}


def test_each_instruction_is_one_that_every_builder_knows() -> None:
    assert {word for word, _ in STEPS} == KNOWN
    assert not any("<<" in rest for _, rest in STEPS)  # here-documents need a later builder


def test_each_file_that_is_copied_is_tracked_and_reaches_the_builder() -> None:
    copied = [word for name, rest in STEPS if name == "COPY" and "--from" not in rest for word in rest.split()[:-1]]
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert ignored[0] == "*"
    assert sorted(copied) == sorted(word.removeprefix("!") for word in ignored if word.startswith("!"))
    for name in copied:
        assert run("git", "ls-files", "--error-unmatch", name, cwd=ROOT), name
    forced = re.search(r"force-include\]\n((?:\w+ = .*\n)+)", (ROOT / "pyproject.toml").read_text())
    assert forced
    assert {line.split()[0] for line in forced[1].splitlines()} <= set(copied)


def test_each_command_exists() -> None:
    commands = [
        shlex.split(part.replace("$(", " ").replace(")", " "))
        for name, rest in STEPS
        if name == "RUN"
        for part in re.split(r"&&|\|", rest)
    ]
    programs = {words[0] for words in commands if "=" not in words[0]}
    assert programs - {"ringfence", "/opt/ringfence/bin/pip"} <= PROGRAMS
    [policy] = [words for words in commands if words[0] == "ringfence"]
    assert policy[1] in COMMANDS
    assert Work(ROOT).ringfence(*policy[1:3], "--help")
    extras = {name for rest in STEPS if rest[1].startswith("EXTRAS=") for name in rest[1][len("EXTRAS=") :].split(",")}
    declared = re.findall(r"^([\w-]+) = \[", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert extras <= set(declared)


@pytest.mark.long
def test_its_steps_make_a_sealed_installation_that_refuses_without_compiling(tmp_path: Path) -> None:
    """The steps are run as they stand, but for where they write; the image itself takes a builder and a base."""
    there = tmp_path / "opt"
    (tmp_path / "bin").mkdir()
    path = f"{tmp_path}/bin:{Path(sys.executable).parent}:{os.environ['PATH']}"
    for name, rest in STEPS:
        if name == "RUN" and "apt-get" not in rest:
            script = rest.replace("/opt/ringfence", str(there)).replace("/usr/local/bin", f"{tmp_path}/bin")
            script = script.replace("/src", str(ROOT)).replace("/tmp/tagged", f"{tmp_path}/tagged")
            script = script.replace("python3", shlex.quote(sys.executable))
            done = run("sh", "-ec", script, cwd=tmp_path, PATH=path, EXTRAS="data", XDG_CACHE_HOME=f"{tmp_path}/none")
            assert done, done.out
    home = {"HOME": str(tmp_path / "home"), "XDG_CACHE_HOME": str(tmp_path / "home/cache"), "PATH": path}
    (tmp_path / "home").mkdir()
    work = init(tmp_path / "work")
    work.commit("Add", files={"notes.md": SHARE_LINK})
    said = run("ringfence", "check", "--all", "--tag", "eval", cwd=work.path, **home)
    assert said.status == 1
    said.assert_refused("ringfence: refused, 1 mark of rival AI tools (eval)")
    server = init(tmp_path / "server.git", "--bare")
    said = run("ringfence", "install", "--server", ".", "--tag", "training-data", cwd=server.path, **home)
    assert said, said.out
    clone = cloned(server, tmp_path / "clone")
    clone.commit(f"Add\n\n{TRAILER}")
    clone.git("push", "origin", "HEAD:main", **home).assert_refused("ringfence pre-receive: refused")
    compiled = [file.name for file in (tmp_path / "home").rglob("*") if file.suffix in (".database", ".markers")]
    assert compiled == []
    [sealed] = there.glob("lib/*/site-packages/ringfence/_sealed")
    modes = {file.stat().st_mode & 0o777 for file in sealed.glob("*.database")}
    assert modes == {0o644}
