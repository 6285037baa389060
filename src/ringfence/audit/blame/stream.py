"""Reads what commits change from one `git diff-tree --stdin`, in the order in which they are asked about."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from ...errors import GitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ...git.repo import Repo

    Hunk = tuple[int, int, int, int]  # first line from 0 and number of lines, before and after

GITLINK = b"160000"
_COMMON = ("diff-tree", "--stdin", "--always", "-r", "--root", "--no-abbrev", "--no-ext-diff", "--no-textconv")
PATCHES = (
    *_COMMON, "--raw", "--patch", "--unified=0", "--find-renames", "--ignore-all-space", "--no-color",
    "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers", "--indent-heuristic",
)  # fmt: skip
NAMES = (*_COMMON, "--raw", "--no-renames")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPES = {b"a": b"\a", b"b": b"\b", b"t": b"\t", b"n": b"\n", b"v": b"\v", b"f": b"\f", b"r": b"\r"}
_BINARY = (b"Binary files ", b"GIT binary patch")


@dataclass(slots=True)
class FileChange:
    """What a commit changes in a file.

    Attributes:
        path: Its path after the commit.
        old_path: Its path before; that of another file if the file was renamed.
        old_oid, oid: Its content before and after; "" where there is none, or a submodule.
        is_new: Whether it wasn't there before under any name.
        hunks: Where lines differ.
        removed, added: The lines of each hunk.
        is_binary: Whether git shows no lines.
    """

    path: bytes
    old_path: bytes
    old_oid: str
    oid: str
    is_new: bool
    hunks: list[Hunk] = field(default_factory=list)
    removed: list[list[bytes]] = field(default_factory=list)
    added: list[list[bytes]] = field(default_factory=list)
    is_binary: bool = False


class DiffStream:
    """The differences that a running git prints.

    Attributes:
        skipped: How many bytes of lines weren't wanted, by path.
    """

    def __init__(self, repo: Repo, options: tuple[str, ...], requests: Iterable[str]) -> None:
        """Start git with one request a line: a commit, or a commit and the one to compare it with."""
        with tempfile.TemporaryFile() as file:  # not a pipe: git answers while it reads
            file.writelines(f"{request}\n".encode() for request in requests)
            file.seek(0)
            self._child = repo.start(*options, source=file)
        self._child.widen_pipe()
        self._lines = self._child.stdout
        self._next = self._lines.readline()
        self.skipped: Counter[bytes] = Counter()

    def read(self, commit: str, has_lines: Callable[[bytes], bool]) -> list[FileChange]:
        """Return what the next commit changes, with the lines of the files for which `has_lines` says so.

        Raises:
            GitError: Git ended, for example at a missing object.
        """
        if not self._next.startswith(commit.encode()):
            raise GitError(f"git diff-tree stopped before commit {commit[:12]}.")
        changes: list[FileChange] = []
        headers: list[bytes] = []
        number, path, wanted = -1, b"", False
        for line in self._lines:
            if line.startswith(b"@@ "):
                hunk = _parse_hunk(line)
                _, count, _, added = hunk
                if not wanted:
                    self.skipped[path] += sum(map(len, islice(self._lines, count + added)))
                    continue
                change = changes[number]
                change.hunks.append(hunk)
                change.removed.append([])
                change.added.append([])
                self._read_lines(change, count, added)
            elif line.startswith(b"diff --git "):
                number = _find_header(headers, line, number)
                path = changes[number].path
                wanted = has_lines(path)
            elif line.startswith(b":"):
                changes.append(_parse_change(line))
                headers.append(_build_header(line))
            elif line.startswith(_BINARY):
                changes[number].is_binary = True
            elif line[:1] not in b"+-\\\n" and _is_header(line):
                self._next = line
                break
        else:
            self._next = b""
            if self._child.wait():  # perhaps in the middle of this commit
                raise GitError(f"git diff-tree stopped at commit {commit[:12]}: {self._child.last_error}")
        return changes

    def _read_lines(self, change: FileChange, removed: int, added: int) -> None:
        """Read the lines of a hunk; its counts say how many follow, whatever they look like."""
        left = removed + added
        while left:
            line = self._lines.readline()
            if not line:
                return
            if line.startswith(b"\\"):
                continue  # git's remark that the line before has no line end
            (change.added if line.startswith(b"+") else change.removed)[-1].append(line[1:])
            left -= 1

    def close(self) -> None:
        """End git, whether it is done or not."""
        if self._next:
            self._child.wait()


def _is_header(line: bytes) -> bool:
    """Return whether a line is the id of a commit; the other lines are those between a file's name and its hunks."""
    return re.match(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?[ \n]", line) is not None


def _parse_hunk(line: bytes) -> Hunk:
    _, old, new, *_ = line.split(b" ", 3)
    old_start, _, old_count = old[1:].partition(b",")
    new_start, _, new_count = new[1:].partition(b",")
    removed, added = int(old_count or 1), int(new_count or 1)
    return int(old_start) - (removed > 0), removed, int(new_start) - (added > 0), added


def _parse_change(line: bytes) -> FileChange:
    fields, *paths = line.rstrip(b"\n").split(b"\t")
    old_mode, mode, old_oid, oid, status = fields[1:].split(b" ")
    names = [unquote_path(path) for path in paths]
    old_id = "" if old_mode in (GITLINK, b"000000") else old_oid.decode()
    return FileChange(
        names[-1], names[0], old_id, "" if mode in (GITLINK, b"000000") else oid.decode(), status[:1] == b"A"
    )


def _find_header(headers: list[bytes], line: bytes, after: int) -> int:
    """Return the number of the file that a patch is of, behind another.

    A file of which only white space changed has no patch, and one that became a link has two.
    """
    try:
        return headers.index(line, after + 1)
    except ValueError:
        return headers.index(line)


def _build_header(line: bytes) -> bytes:
    """Return how git begins the patch of a file, given the line that lists it."""
    paths = line.rstrip(b"\n").split(b"\t")[1:]
    old, new = (
        b'"' + prefix + path[1:] if path.startswith(b'"') else prefix + path
        for prefix, path in zip((b"a/", b"b/"), (paths[0], paths[-1]), strict=True)
    )
    return b"diff --git " + old + b" " + new + b"\n"


def unquote_path(path: bytes) -> bytes:
    """Return a path that git may have put into quotes."""
    if not path.startswith(b'"'):
        return path
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1]) or _decode(match[1]), path[1:-1])


def _decode(escape: bytes) -> bytes:
    return bytes((int(escape, 8),)) if len(escape) == 3 else escape  # noqa: PLR2004 - three octal digits
