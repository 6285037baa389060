"""Generates the inputs of `make bench` from a fixed seed: histories, pushes, a large file, all of them human text."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

from ringfence.setup import sandbox

SEED = 7
PEOPLE = [f"{name} Example <{name.lower()}@example.org>" for name in ("Ann", "Ben", "Cho", "Dua", "Eli", "Fay")]
_FOLDERS = 40  # in each folder
_LINES = 200  # of a new file, at most
_MERGE_EVERY, _RENAME_EVERY, _WIDE_EVERY, _TAG_EVERY = 20, 50, 4_000, 200
_WIDE = 300  # files of a commit that touches many


class _Writer:
    """A writer of `git fast-import` streams: a tree of files, changed a little by each commit."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)  # noqa: S311 - it has to be the same text each time
        sounds = [f"{one}{two}{three}" for one in "bdfgklmnprst" for two in "aeiou" for three in ("n", "r", "st", "")]
        self._words = [f"{self.chance.choice(sounds)}{self.chance.choice(sounds)}" for _ in range(3_000)]
        self.files: dict[str, list[str]] = {}
        self._paths: list[str] = []
        self._new = 0

    def line(self) -> str:
        return " ".join(self.chance.choices(self._words, k=self.chance.randint(3, 14)))

    def add(self) -> str:
        """Add a file and return its lines for the stream."""
        self._new += 1
        path = (
            f"{self.chance.choice(self._words[:_FOLDERS])}/{self.chance.choice(self._words[:_FOLDERS])}/{self._new}.txt"
        )
        self.files[path] = [self.line() for _ in range(self.chance.randint(5, _LINES))]
        self._paths.append(path)
        return self._stored(path)

    def edit(self) -> str:
        """Change some lines of a file and return its lines for the stream."""
        path = self.chance.choice(self._paths)
        lines = self.files[path]
        for _ in range(self.chance.randint(1, 6)):
            lines[self.chance.randrange(len(lines))] = self.line()
        lines.insert(self.chance.randrange(len(lines)), self.line())
        return self._stored(path)

    def rename(self) -> str:
        """Move a file and return its lines for the stream."""
        number = self.chance.randrange(len(self._paths))
        old = self._paths[number]
        self._paths[number] = new = f"{old.rpartition('/')[0]}/moved/{old.rpartition('/')[2]}"
        self.files[new] = self.files.pop(old)
        return f"R {old} {new}\n"

    def _stored(self, path: str) -> str:
        text = "\n".join(self.files[path]) + "\n"
        return f"M 100644 inline {path}\ndata {len(text)}\n{text}\n"


def stream(commits: int) -> Iterator[str]:
    """Yield a history for `git fast-import`: edits, new and moved files, merged branches, tags, wide commits."""
    writer = _Writer()
    chance, person = writer.chance, PEOPLE[0]
    side, brought = 0, ""  # mark of a branch's tip that waits to be merged, and what it adds
    for number in range(1, commits + 1):
        person = chance.choice(PEOPLE)
        is_side = number % _MERGE_EVERY == _MERGE_EVERY - 1
        yield f"commit refs/heads/{'side' if is_side else 'main'}\nmark :{number}\n"
        yield f"author {person} {1_500_000_000 + 600 * number} +0100\n"
        yield f"committer {person} {1_500_000_000 + 600 * number + 30} +0100\n"
        text = f"{writer.line().capitalize()}\n\n{writer.line()}\n{writer.line()}\n"
        yield f"data {len(text)}\n{text}\n"
        if is_side:
            yield f"from :{number - 1}\n"
        elif side:
            yield f"from :{number - 2}\nmerge :{side}\n{brought}"
        side, brought = (number, writer.add()) if is_side else (0, "")
        if is_side:
            yield brought
        elif number % _RENAME_EVERY == 0:
            yield writer.rename()
        elif number % _WIDE_EVERY == 1:
            yield from (writer.add() for _ in range(_WIDE))
        else:
            yield writer.add() if chance.random() < 0.1 else ""  # noqa: PLR2004 - one in ten
            yield from (writer.edit() for _ in range(chance.choice((1, 1, 1, 2, 3))))
        if number % _TAG_EVERY == 0:
            yield f"reset refs/tags/v{number // _TAG_EVERY}\nfrom :{number}\n\n"


def wide(commits: int, files: int) -> Iterator[str]:
    """Yield commits that each add `files` files."""
    writer = _Writer()
    for number in range(commits):
        yield f"commit refs/heads/main\ncommitter {PEOPLE[0]} {1_500_000_000 + number} +0000\n"
        text = f"{writer.line().capitalize()}\n"
        yield f"data {len(text)}\n{text}"
        yield from (writer.add() for _ in range(files))


def large(size: int) -> Iterator[str]:
    """Yield one commit with one file of `size` bytes."""
    writer = _Writer()
    text = "".join(f"{writer.line()}\n" for _ in range(100_000))
    yield f"commit refs/heads/main\ncommitter {PEOPLE[0]} 1500000000 +0000\ndata 9\nAdd rows\n"
    yield f"M 100644 inline rows.txt\ndata {size}\n"
    while size > 0:
        yield text[:size]
        size -= len(text)


def history(folder: Path, commits: int) -> Path:
    """Make a bare repository with a history, packed as git packs it, or return the one from an earlier run."""
    path = folder / f"history-{commits}-{SEED}.git"
    if (path / "made").exists():
        return path
    imported(path, stream(commits))
    sandbox.run(str(path), "gc", "--quiet")
    (path / "made").touch()
    return path


def imported(path: Path, lines: Iterator[str]) -> None:
    """Create a bare repository from a `git fast-import` stream."""
    path.parent.mkdir(parents=True, exist_ok=True)
    sandbox.run(str(path.parent), "init", "-q", "--bare", "-b", "main", str(path))
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=path, stdin=subprocess.PIPE) as git:
        assert git.stdin  # noqa: S101 - it is a pipe
        for line in lines:
            git.stdin.write(line.encode())
    if git.returncode:
        raise SystemExit(f"git fast-import ended with {git.returncode}")
