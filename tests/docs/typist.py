"""Types the commands that a page shows, in a shell, and compares what is said with what the page says."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from conftest import Said, Work, run

TOP = Path(__file__).parents[2]
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# What no test machine can be asked, by how the command begins; everything else on the pages is typed.
NOT_TYPED = {
    "make ": "the suite itself",
    ".ci/run": "the suite itself",
    ".venv/bin/python -m pytest": "the suite itself",
    "cd ": "the test is in that folder",
    "git clone ": "another machine",
    "pipx ": "an installation, as tests/wheel makes it",
    "pip install": "an installation, as tests/wheel makes it",
    "python3 -m venv": "an installation, as tests/wheel makes it",
    "/opt/ringfence/bin/pip": "an installation, as tests/wheel makes it",
    "apt-get ": "an installation of the system's",
    "PYTHON=/opt/ringfence": "minutes as root; tests/server/test_self_contained.py does it",
    "tar -C environment": "part of the line above",
    "cp environment/": "part of the line above",
    "chroot environment": "part of the line above",
    "gitolite setup": "a gitolite, as in tests/server/test_transports.py",
    "ringfence vendors watch": "package registries; tests/commands/test_watch.py answers for them",
    "ringfence ci --policy-repo": "a CI service; tests/ci answers for it",
    "ringfence ci --receipt": "a CI service, likewise",
    "ringfence ci --report": "a CI service, likewise",
    "ringfence ci --format": "a CI service, likewise",
    "ringfence ci\n": "a CI service, likewise",
    "ray job submit": "a cluster; tests/audit/test_ray.py has one",
}
_OF_A_CLONE = re.compile(r"git (?:push|fetch|notes)")
# What differs from machine to machine, and from day to day.
VARIES = (
    (r"\b[0-9a-f]{6,64}…", "…"),
    (r"\d{8}-[0-9a-f]{8}", "PUSH"),
    (r"\d{4}-\d\d-\d\d(?:T[\d:]+Z)?", "DAY"),
    (r"\b(?=[0-9a-f]*\d)[0-9a-f]{12,64}\b", "ID"),
    (r"█+", ""),
    (r"\d[\d,.]*", "N"),
    (r"\b(repositor|entr)(?:y|ies)\b", r"\1IES"),
    (r"\b(mark|unit|file|finding|transcript|commit|call|write|ref|rule|line)s?\b", r"\1S"),
    (r"git version \S+", "git version"),
    (r"\s+", " "),
)
_SOMETIMES = ("compiling the policy", "ok sshd: ", "ok  sshd: ")  # said by who waits, and by root


def read_commands(page: str, after: str = "") -> list[tuple[str, str]]:
    """Return what is typed on a page, by its path in the sources, each with the output that is shown below it.

    `after` is a text of the page behind which this begins.
    """
    found = []
    text = (TOP / page).read_text("utf-8")
    for block in BLOCK.findall(text[text.index(after) :]):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


def find_reason(command: str) -> str:
    """Return how a command begins that isn't typed, or ""."""
    return next((start for start in NOT_TYPED if f"{command}\n".startswith(start)), "")


class Typist:
    """Types commands, with the folders and names of the test for those that a page has.

    `exact` says that a page shows all that is said.

    Attributes:
        places: What stands for what; the test adds what only turns up on the way, such as an id.
        typed: What was typed so far.
    """

    def __init__(self, folder: Path, places: dict[str, str], *, exact: bool = False) -> None:
        self.places, self.typed, self._is_exact = places, list[str](), exact
        self._bin = folder / "bin"
        self._bin.mkdir(exist_ok=True)
        script = self._bin / "ringfence"
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -m ringfence "$@"\n')
        script.chmod(0o755)

    def type_page(self, page: str, work: Work) -> None:
        """Type all of a page in one folder."""
        for _ in self.steps(page, work):
            pass

    def steps(self, page: str, here: Work, there: Work | None = None, after: str = "") -> Iterator[tuple[str, Said]]:
        """Yield each command that was typed, so that a test can do something between two of them.

        What concerns a clone alone is typed `there`, if that is given: a push, a fetch, its notes. `after` is
        as in `read_commands`.
        """
        for command, shown in read_commands(page, after):
            if not find_reason(command):
                said = self._type(command, there if there and _OF_A_CLONE.match(command) else here)
                assert said.status not in (2, 70, 127), f"{command}: {said.out}"
                self._compare(command, shown, said.out)
                self.typed.append(command)
                yield command, said

    def _type(self, command: str, work: Work) -> Said:
        text = self.place(command)
        if command.startswith("ringfence ") and not re.search(r"[|>&;#*]", command):
            return work.ringfence(*shlex.split(text)[1:])
        path = f"{self._bin}{os.pathsep}{os.environ['PATH']}"
        return run("bash", "-c", text, cwd=work.path, PATH=path)

    def place(self, text: str) -> str:
        """Return a text of a page as the test has it."""
        for old, new in self.places.items():
            text = text.replace(old, new)
        return text

    def _compare(self, command: str, shown: str, said: str) -> None:
        """Compare line by line; a page may leave lines out unless it is exact, and end one with an ellipsis."""
        lines, wanted = self._list_lines(said), self._list_lines(self.place(shown))
        if shown and self._is_exact and not command.startswith("git push"):
            assert lines == wanted, command
        for line in wanted:
            start, more, _ = line.partition("…")
            found = any(each.startswith(start) if more else each == start for each in lines)
            assert found, f"{command}\n  shows: {start}\n  says: {said}"

    def _list_lines(self, text: str) -> list[str]:
        lines = (line for line in text.splitlines() if not any(word in line for word in _SOMETIMES))
        return [line for line in map(self._normalise, lines) if line]

    @staticmethod
    def _normalise(text: str) -> str:
        for pattern, replacement in VARIES:
            text = re.sub(pattern, replacement, text)
        return text.strip()
