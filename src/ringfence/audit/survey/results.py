"""Result files: one for each piece of work, its state and its ruleset, so that nothing is judged twice."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
from typing import TYPE_CHECKING

from ... import __version__
from ...errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .model import Row

FINDING, UNREAD, TRACED = "finding", "unread", "traced"
INDEX = "results.json"  # which results belong to which unit
_FOLDER = "results"
_SUFFIX = ".jsonl.gz"
_FORM = 1  # of result files; another one is made anew


def build_name(*parts: str) -> str:
    """Return the name of the result for a piece of work in a state, by a ruleset."""
    text = json.dumps([_FORM, __version__, *parts])
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:40]


def encode_result(about: Row, rows: Iterable[tuple[str, Row]]) -> bytes:
    """Return a result file: what was examined, then a line for each row."""
    lines = [json.dumps(about), *(json.dumps([kind, row]) for kind, row in rows)]
    text = "\n".join(lines).encode("utf-8", "backslashreplace")
    return gzip.compress(text, 1, mtime=0)


class ResultFolder:
    """The folder of an audit, in which its results lie."""

    def __init__(self, path: str) -> None:
        """Make the folder.

        Raises:
            UsageError: It can't be written.
        """
        self.path = path
        self._inside = os.path.join(path, _FOLDER)
        try:
            os.makedirs(self._inside, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{path} can't be written: {error.strerror}.", "Give another folder by --out.") from None

    def make_scratch(self) -> str:
        """Return an empty folder for what is fetched; what an ended run left there is removed."""
        path = os.path.join(self.path, ".scratch")
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return os.path.abspath(path)

    def list_names(self) -> frozenset[str]:
        """Return the names of the results that are there; what an ended run left half written is removed."""
        found = set()
        for folder, _, names in os.walk(self._inside):
            for name in names:
                if re.fullmatch(rf"[0-9a-f]{{40}}{re.escape(_SUFFIX)}", name):
                    found.add(name.removesuffix(_SUFFIX))
                else:
                    os.unlink(os.path.join(folder, name))
        return frozenset(found)

    def write(self, name: str, data: bytes) -> None:
        """Write a result, whole or not at all."""
        write_whole(self._locate(name), data)

    def write_index(self, names: dict[str, list[str]]) -> None:
        """Write which results belong to which unit, for an audit of what is new since this one."""
        write_whole(os.path.join(self.path, INDEX), json.dumps(names).encode())

    def read(self, name: str) -> tuple[Row, Iterator[tuple[str, Row]]]:
        """Return what a result says of its work, and its rows."""
        lines = self._iter_lines(name)
        about = json.loads(next(lines))
        return about, (tuple(json.loads(line)) for line in lines)

    def _iter_lines(self, name: str) -> Iterator[bytes]:
        with gzip.open(self._locate(name)) as file:
            yield from file

    def _locate(self, name: str) -> str:
        return os.path.join(self._inside, name[:2], f"{name}{_SUFFIX}")


def write_whole(path: str, data: bytes) -> None:
    """Write a file under another name and rename it, so that nobody ever reads half of it.

    The other name is always the same: what a killed run left there is written over by the next.
    """
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    part = os.path.join(folder, f".{name}.part")
    with open(part, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
