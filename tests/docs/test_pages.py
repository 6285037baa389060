"""What the first pages show on a console is typed as it stands there, and says what they say it does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from conftest import PYTHON, SHARE_LINK, TRAILER, Said, Work, bare, cloned, init, run

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
        self.skip_exactly: tuple[str, ...] = ()
        self.done: list[str] = []

    def type_all(self, name: str, work: Work) -> None:
        """Type what a page shows, in a folder, and compare what is said."""
        for command, shown in read_commands(name):
            if command.startswith(self._skipped) or command in self.skip_exactly:
                continue
            typed, _, target = command.partition(" > ")
            program, *words = (self._place(word) for word in shlex.split(typed))
            said = self._run(program, words, work)
            if target:
                work.write(target, said.out)
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


@pytest.mark.long
def test_the_first_page_for_ci(tmp_path: Path) -> None:
    origin = init(tmp_path / "origin.git", "--bare")
    work = cloned(origin, tmp_path / "work")
    work.commit("First", files={"ringfence.toml": 'version = 1\ntags = ["eval"]\n'})
    work.did("push", "-q", "origin", "HEAD:main")
    work.commit("Second")
    # What only a CI service can be asked is typed in tests/ci.
    typist = Typist({}, ("ringfence ci --policy-repo",))
    typist.skip_exactly = ("ringfence ci", "ringfence ci --format json > ringfence.json")
    typist.type_all("getting-started-ci.md", work)
    assert len(typist.done) == 5
    assert (work.path / ".github/workflows/ringfence.yml").read_text().startswith("# .github/workflows/ringfence.yml")
    assert (work.path / "ringfence-baseline.txt").exists()


@pytest.mark.long
def test_the_page_about_operating(tmp_path: Path) -> None:
    server, kept = bare(tmp_path / "git/evals.git", "eval"), tmp_path / "ringfence"
    server.did("config", "ringfence.ledger", str(kept / "ledger.db"))
    clone = cloned(server, tmp_path / "clone")
    clone.commit(f"First\n\n{TRAILER}", files={"a.md": "A note of some words, long enough to be known again.\n" * 9})
    assert not clone.git("push", "origin", "HEAD:main")
    assert clone.ringfence("ingredients", "record", "--all", "--index", str(kept / "index"))
    assert clone.ringfence("audit", str(clone.path), "--out", str(kept / "audit")).status in (0, 1)
    places = {"/srv/git": f"{tmp_path}/git", "/var/lib/ringfence": str(kept)}
    places |= {"/var/lib/node_exporter": f"{tmp_path}", "/backup": f"{tmp_path}"}
    typist = Typist(places, ())
    typist.type_all("operating.md", clone)
    assert len(typist.done) == 5
    assert 'ringfence_pushes{outcome="blocked"} 1' in (tmp_path / "ringfence.prom").read_text()
    assert clone.ringfence("ledger", "verify", "--ledger", str(tmp_path / "ledger-2026-12-01.db"))
