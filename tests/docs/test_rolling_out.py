"""The commands that docs/rolling-out.md shows, typed on a server of fifty repositories, from nothing to refusing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from conftest import PYTHON, TRAILER, Work, cloned, init, run
from rules.conftest import day

PAGE = Path(__file__).parents[2] / "docs/rolling-out.md"
STORY = re.compile(r"<!-- story -->\n(.*?)<!-- /story -->", re.DOTALL)
BLOCK = re.compile(r"^```(console|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
REPOSITORIES, MOST = 50, 10


# What differs from day to day, and with the length of paths.
VARIES = ((r"\d+ rival vendors", "N rival vendors"), (r"\d{4}-\d\d-\d\d", "DAY"), (r" +", " "))


def normalise(text: str) -> list[str]:
    """Return the lines of an output, without what differs."""
    for pattern, replacement in VARIES:
        text = re.sub(pattern, replacement, text)
    return [line.rstrip() for line in text.splitlines()]


def place(text: str, places: dict[str, Path]) -> str:
    """Return a text with the folders of the test for those that the page names."""
    for old, new in places.items():
        text = text.replace(old, str(new))
    return text


def read_story() -> list[tuple[str, str, str]]:
    """Return the commands and files of the story, as (kind, text, output): a file is `toml`, a command `console`."""
    [story] = STORY.findall(PAGE.read_text("utf-8"))
    found = []
    for kind, text in BLOCK.findall(story):
        if kind == "toml":
            found.append((kind, text, ""))
        else:
            parts = (part.partition("\n") for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:])
            found += [(kind, command, shown) for command, _, shown in parts]
    return found


@pytest.mark.long
@pytest.mark.slow
def test_fifty_repositories_are_taken_from_nothing_to_refusing(tmp_path: Path) -> None:
    top = tmp_path / "git"
    for number in range(REPOSITORIES):
        init(top / f"{'evals' if number % 2 else 'rows'}-{number}.git", "--bare")
    clone = cloned(Work(top / "evals-1.git"), tmp_path / "clone")
    typed, outputs = 0, []
    places = {"/srv/git": top, "/etc/ringfence": tmp_path / "etc", "/var/lib/ringfence": tmp_path / "var"}
    for kind, typed_text, shown_text in read_story():
        text, shown = place(typed_text, places).replace("2027-01-31", day(30)), place(shown_text, places)
        if kind == "toml":
            (tmp_path / "policy.toml").write_text(text)
            continue
        typed += 1
        program, *arguments = text.split()
        if program == "sed":
            said = run(program, *arguments, cwd=tmp_path)
        else:
            assert program == "ringfence", text
            said = run(*PYTHON, *arguments, cwd=tmp_path)
        assert said.status == 0, said.out
        assert [line for line in normalise(shown) if line not in normalise(said.out)] == [], said.out
        outputs.append((text, said.out))
        if " --ledger " in text and "install" in text:  # what developers do meanwhile
            clone.commit(f"Add rows\n\n{TRAILER}", files={"rows.txt": "rows\n"})
            assert clone.git("push", "origin", "HEAD:main")
    assert typed <= MOST
    told = "".join(out for _, out in outputs)
    for mode in ("observing", "refusing"):
        assert f"50 of 50 repositories have the gate; 50 {mode}\n" in told
    [counted] = [out for text, out in outputs if " stats " in text]
    assert re.search(r"/evals-1 +1 +0 +1 +0 +0 +[\d-]+ +anthropic 1\n", counted)
    clone.commit(f"Add more\n\n{TRAILER}", files={"more.txt": "more\n"})
    clone.git("push", "origin", "HEAD:main").assert_refused("1 mark of rival AI tools")
