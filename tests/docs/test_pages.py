"""What the first pages show on a console is typed as it stands there, and says what they say it does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from conftest import PYTHON, SHARE_LINK, Said, Work, cloned, init, run

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# What differs from machine to machine, and from day to day.
VARIES = ((r"git version \S+", "git version N"), (r"\d+ rival vendors", "N rival vendors"), (r" +$", ""))
OF_ROOT = "ok  sshd: "


def read_commands(name: str) -> list[tuple[str, str]]:
    """Return what is typed on a page, each with the output that is shown below it."""
    found = []
    for block in BLOCK.findall((DOCS / name).read_text("utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


class Typist:
    """Types the commands of a page, with the folders of the test for those that it names."""

    def __init__(self, places: dict[str, str], skipped: tuple[str, ...]) -> None:
        self._places, self._skipped = places, skipped
        self.done: list[str] = []

    def type_all(self, name: str, work: Work) -> None:
        """Type what a page shows, in a folder, and compare what is said."""
        for command, shown in read_commands(name):
            if command.startswith(self._skipped):
                continue
            words = [self._place(word) for word in shlex.split(command)]
            program = words.pop(0)
            said = self._run(program, words, work)
            if shown:
                assert self._normalise(said.out) == self._normalise(self._place(shown)), command
            else:
                assert said.status in (0, 1), f"{command}: {said.out}"
            self.done.append(command)

    def _run(self, program: str, words: list[str], work: Work) -> Said:
        if program.rpartition("/")[2] == "ringfence":
            return run(*PYTHON, *words, cwd=work.path)
        return run(program, *words, cwd=work.path)

    def _place(self, text: str) -> str:
        for old, new in self._places.items():
            text = text.replace(old, new)
        return text

    @staticmethod
    def _normalise(text: str) -> list[str]:
        for pattern, replacement in VARIES:
            text = re.sub(pattern, replacement, text, flags=re.MULTILINE)
        # What waits for the compiler of a policy says so, once.
        return [line for line in text.splitlines() if "compiling the policy" not in line and OF_ROOT not in line]


@pytest.mark.long
def test_the_first_page_for_developers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "ann"
    origin = init(tmp_path / "origin.git", "--bare")
    (home / "src").mkdir(parents=True)
    work = cloned(origin, home / "src/evals")
    work.commit("First", files={"data/rows.jsonl": '{"a": 1}\n', "notes/a.md": "A note.\n"})
    work.did("push", "-q", "origin", "HEAD:main")
    work.commit("Second", files={"b.md": "More.\n"})
    (home / "policy.toml").write_text("version = 1\n")
    work.write("notes.md", f"See {SHARE_LINK}\n")
    work.did("add", "notes.md")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    typist = Typist({"/home/ann": f"{home}", "~/": f"{home}/"}, ("pipx ", "cd "))
    typist.type_all("getting-started-developer.md", work)
    assert len(typist.done) == 13


@pytest.mark.long
def test_the_first_page_for_servers(tmp_path: Path) -> None:
    server = init(tmp_path / "git/pretrain.git", "--bare")
    (tmp_path / "policy.toml").write_text("version = 1\n")
    clone = cloned(server, tmp_path / "clone")
    clone.commit("First", files={"a.md": "A note.\n"})
    clone.did("push", "-q", "origin", "HEAD:main")
    places = {"/srv/git": f"{tmp_path}/git", "/etc/ringfence": f"{tmp_path}"}
    typist = Typist(places, ("python3 -m venv", "/opt/ringfence/bin/pip", "git push"))
    typist.type_all("getting-started-server.md", Work(server.path))
    assert len(typist.done) == 7
