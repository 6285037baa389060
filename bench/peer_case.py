"""A case of somebody else's test suite, and where the suites are read from."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

SUBJECT = "Change the reader\n\n"  # before a line that a suite gives without a message
KINDS = ("message", "author", "committer", "branch", "note", "file")


@dataclass(frozen=True)
class Case:
    """One text that a suite's authors want recognised as AI-made, or want to pass."""

    suite: str
    kind: str  # one of KINDS
    text: str
    wanted: bool  # its authors want it recognised
    place: str = ""  # the test, rule or function that it stands in
    path: str = ""  # of a file


@dataclass(frozen=True)
class Tree:
    """The files of an unpacked package, or of a commit in a git directory."""

    root: Path
    commit: str = ""

    def read(self, path: str) -> str:
        """Return a file's text.

        Raises:
            FileNotFoundError: There is no such file.
        """
        if not self.commit:
            return (self.root / path).read_text("utf-8")
        shown = subprocess.run(
            ["git", *self._where(), "show", f"{self.commit}:{path}"], capture_output=True, check=False
        )
        if shown.returncode:
            raise FileNotFoundError(f"{self.root} has no {path} at {self.commit}")
        return shown.stdout.decode("utf-8")

    def names(self, ending: str) -> list[str]:
        """Return the paths that end so, in order."""
        if not self.commit:
            return sorted(str(path.relative_to(self.root)) for path in self.root.rglob(f"*{ending}"))
        command = ["git", *self._where(), "ls-tree", "-r", "--name-only", self.commit]
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        return [path for path in listed.splitlines() if path.endswith(ending)]

    def version(self) -> str:
        """Return what names this state of the files: a commit and its day, or the folder's name."""
        if not self.commit:
            return self.root.name.replace("_", "-")
        command = ["git", *self._where(), "log", "-1", "--format=%h of %cs", "--abbrev=8", self.commit]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()

    def _where(self) -> tuple[str, str]:
        return "-C", str(self.root)


def identity(login: str) -> str:
    """Return who an account at GitHub is in a commit, where a suite names the login alone."""
    return f"{login} <{login}@users.noreply.github.com>"
