"""What tests of the pages share: somebody who types, repositories with history, keys."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from conftest import Work, cloned, init
from docs.typist import TOP, Typist
from samples import FUNCTION


@pytest.fixture
def typist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typist:
    """Somebody with a home, a server's folders and an empty configuration of the system."""
    home = tmp_path / "ann"
    for folder in (home / ".ssh", tmp_path / "etc/ringfence", tmp_path / "var", tmp_path / "git"):
        folder.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", str(tmp_path / "etc/gitconfig"))
    places = {
        "/var/lib/ringfence": f"{tmp_path}/var", "/var/lib/node_exporter": f"{tmp_path}/var",
        "/srv/git": f"{tmp_path}/git", "/etc/ringfence": f"{tmp_path}/etc/ringfence", "~/": f"{home}/",
    }  # fmt: skip
    return Typist(tmp_path, places)


def fill(path: Path, *messages: str, files: dict[str, str | bytes] | None = None) -> Work:
    """Make a bare repository whose commits have these messages, and return a clone of it."""
    work = cloned(init(path, "--bare"), path.with_suffix(".clone"))
    for number, message in enumerate(messages):
        work.commit(message, files={f"{number}.py": FUNCTION.replace("settle", f"settle_{number}"), **(files or {})})
    work.did("push", "-q", "origin", "HEAD:main")
    return work


def make_signers(folder: Path, *people: str) -> Path:
    """Make a key for each of some people, and a file that lists them, which lies beside the keys."""
    folder.mkdir()
    path = folder / "allowed_signers"
    for name in people:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
        with path.open("a") as file:
            file.write(f"{name} {(folder / f'{name}.pub').read_text()}")
    return path


def read_blocks(page: str, language: str) -> list[str]:
    text = (TOP / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
